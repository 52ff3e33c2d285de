export const pageDocument = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>authchart inspector</title>
    <link rel="stylesheet" href="style.css" />
    <script type="module" src="modules/adapters/inspector/page/main.js"></script>
  </head>
  <body></body>
</html>
`;
