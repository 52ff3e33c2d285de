export const pageStyle = ':root { color-scheme: light dark; }\n';
