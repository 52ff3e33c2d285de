import { createHash } from 'node:crypto';

const style = `
:root { color-scheme: light dark }
body {
  margin: 0; min-height: 100vh; display: grid; place-content: center; padding: 2rem; box-sizing: border-box;
  font: 1rem/1.6 system-ui, sans-serif; text-align: center; color: #1c2024; background: #fbfcfd
}
main { max-width: 26rem }
h1 { font-size: 1.375rem; font-weight: 600; line-height: 1.3; margin: 0 0 .5rem; text-wrap: balance }
p { margin: 0; color: #5b6570; text-wrap: pretty }
@media (prefers-color-scheme: dark) {
  body { color: #eceef0; background: #151718 }
  p { color: #a5adb5 }
}
`;

/**
 * The page every callback is answered with. It says what is true whatever the callback held, and repeats nothing of it:
 * who sent it is not known yet.
 */
export const callbackPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>You can close this window</title>
<style>${style}</style>
<main>
<h1>You can close this window</h1>
<p>authchart has received the answer. Return to the application to see the result.</p>
</main>
</html>
`;

/** Of every answer the listener gives. There is no `Access-Control-*` among them: no page may read one. */
export const answerHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  connection: 'close',
};
