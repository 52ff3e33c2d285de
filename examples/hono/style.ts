export const stylesheet = `
:root {
  color-scheme: light dark;
  --ground: #f4f5f7; --card: #ffffff; --ink: #14181d; --quiet: #566070; --line: #dfe3e8; --tint: #eef1f5;
  --strong: #14181d; --on-strong: #ffffff; --focus: #1a6fd4; --yes: #17803d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0b0d10; --card: #14181d; --ink: #eceff3; --quiet: #9aa5b3; --line: #2a3139; --tint: #222932;
    --strong: #eceff3; --on-strong: #14181d; --focus: #6db1ff; --yes: #4cc27a;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; min-height: 100dvh; display: grid; place-items: center; padding: 1.5rem 1rem;
  background: var(--ground); color: var(--ink); overflow-wrap: anywhere;
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
main {
  width: 100%; max-width: 27rem; padding: 2rem; background: var(--card);
  border: 1px solid var(--line); border-radius: 1rem;
}
h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; letter-spacing: -0.01em; text-wrap: balance; }
h2 { margin: 2rem 0 0; font-size: 0.9375rem; font-weight: 600; color: var(--quiet); }
p { margin: 0.75rem 0 0; text-wrap: pretty; }
h1 + p.quiet { margin-top: 0.5rem; }
p:has(.button) { margin-top: 2rem; }
.quiet { color: var(--quiet); }
.person { display: flex; align-items: center; gap: 1rem; }
.person p.quiet { margin: 0; }
.face {
  flex: none; display: grid; place-items: center; width: 3.5rem; height: 3.5rem; border-radius: 50%;
  background: var(--tint); font-size: 1.5rem; font-weight: 600;
}
ul { margin: 0.5rem 0 0; padding: 0; list-style: none; }
li { padding: 0.625rem 0 0.625rem 1.75rem; border-bottom: 1px solid var(--line); position: relative; }
li:last-child { border-bottom: 0; }
li::before {
  content: ""; position: absolute; left: 0.25rem; top: 1.0625rem; width: 0.75rem; height: 0.375rem;
  border: solid var(--yes); border-width: 0 0 2px 2px; transform: rotate(-45deg);
}
.actions { display: grid; gap: 0.75rem; margin-top: 1.5rem; }
.button {
  display: block; width: 100%; padding: 0.6875rem 1.25rem; border: 1px solid var(--strong); border-radius: 1.5rem;
  background: var(--strong); color: var(--on-strong); font: inherit; font-weight: 600; text-align: center;
  text-decoration: none; cursor: pointer;
}
.button:hover { opacity: 0.88; }
.plain { border-color: var(--line); background: transparent; color: inherit; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
@media (max-width: 30rem) {
  body { padding: 0; place-items: stretch; background: var(--card); }
  main { max-width: none; padding: 2.5rem 1.25rem; border: 0; border-radius: 0; }
}
`;
