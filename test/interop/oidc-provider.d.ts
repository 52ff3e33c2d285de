/** What the tests use of oidc-provider, which brings no types of its own. */
declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http';

  interface Context {
    readonly path: string;
    status: number;
    body: unknown;
    get(header: string): string;
  }

  interface StoredToken {
    readonly accountId: string;
    readonly scope?: string;
  }

  interface ClientMetadata {
    readonly client_id: string;
    readonly client_secret?: string;
    readonly token_endpoint_auth_method: 'none' | 'client_secret_basic';
    readonly application_type?: 'native' | 'web';
    readonly grant_types: readonly string[];
    readonly response_types: readonly string[];
    readonly redirect_uris: readonly string[];
    readonly scope?: string;
  }

  interface Configuration {
    readonly clients: readonly ClientMetadata[];
    readonly clientAuthMethods: readonly string[];
    readonly cookies: { readonly keys: readonly string[] };
    readonly scopes: readonly string[];
    readonly routes: Readonly<Record<string, string>>;
    readonly ttl: Readonly<Record<string, number>>;
    readonly pkce: { readonly required: () => boolean };
    readonly features: Readonly<Record<string, { readonly enabled: boolean }>>;
    readonly rotateRefreshToken: () => boolean;
    readonly issueRefreshToken: (
      context: Context,
      client: unknown,
      code: { readonly scopes: ReadonlySet<string> },
    ) => boolean;
  }

  export class Provider {
    constructor(issuer: string, configuration: Configuration);
    readonly AccessToken: { find(value: string): Promise<StoredToken | undefined> };
    use(middleware: (context: Context, next: () => Promise<void>) => Promise<void>): void;
    callback(): RequestListener;
  }
}
