import { followLink } from '../app/routes.js';

export function Navigation({ path }: { readonly path: string }) {
  return (
    <nav aria-label="Pages">
      <Link to="/" path={path}>
        Home
      </Link>
      <Link to="/profile" path={path}>
        Profile
      </Link>
    </nav>
  );
}

function Link({
  to,
  path,
  children,
}: {
  readonly to: string;
  readonly path: string;
  readonly children: string;
}) {
  return (
    <a
      href={to}
      aria-current={path === to ? 'page' : undefined}
      onClick={({ nativeEvent, currentTarget }) => followLink(nativeEvent, currentTarget)}
    >
      {children}
    </a>
  );
}
