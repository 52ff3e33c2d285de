import { classifyAnswer } from './classify.js';
import type { Exchange } from './token-request.js';
import { jsonOf, readTokenSet, ResponseFault, TOKEN_JSON, type TokenSet } from './token-response.js';

export interface GrantedTokens extends TokenSet {
  /** Unix milliseconds at which the request began; `expiresIn` counts from it. */
  readonly requestedAt: number;
}

/**
 * The tokens of an answer. Our own rules come first, then oauth4webapi judges what they let through.
 *
 * @throws {@link TokenRequestError}
 */
export async function grantedTokens(
  { answer, situation, requestedAt }: Exchange,
  judge: (clean: Response) => Promise<unknown>,
): Promise<GrantedTokens> {
  if (answer.status !== 200) throw classifyAnswer(answer, situation);
  try {
    const json = jsonOf(answer, TOKEN_JSON);
    // Some servers refuse with status 200.
    if (typeof json['error'] === 'string' && json['access_token'] === undefined) {
      throw classifyAnswer(answer, situation);
    }
    const tokens = readTokenSet(json);
    await judge(cleanResponse(tokens)).catch(() => {
      // Its errors hold bodies.
      throw new ResponseFault('The answer is not a token response.');
    });
    return { ...tokens, requestedAt };
  } catch (error) {
    throw error instanceof ResponseFault ? classifyAnswer(answer, situation, error) : error;
  }
}

function cleanResponse({ accessToken, refreshToken, tokenType, expiresIn, scopes }: TokenSet): Response {
  return Response.json({
    access_token: accessToken,
    token_type: tokenType,
    ...(refreshToken === null ? {} : { refresh_token: refreshToken }),
    ...(expiresIn === null ? {} : { expires_in: expiresIn }),
    ...(scopes === null ? {} : { scope: scopes.join(' ') }),
  });
}
