/** The page, before any script has run. Its addresses are relative: the path that it is served under is a secret. */
export const pageDocument = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>authchart inspector</title>
<link rel="stylesheet" href="style.css">
<script type="module" src="modules/adapters/inspector/page/main.js"></script>
</head>
<body>
<a class="skip" href="#timeline">Skip to the timeline</a>
<header>
<h1>authchart <span>inspector</span></h1>
<p id="connection" role="status">starting</p>
<label class="session">Session <select id="session"></select></label>
<div class="files">
<button type="button" id="copy">Copy text</button>
<button type="button" id="save">Save recording</button>
<button type="button" id="open">Open recording</button>
<input type="file" id="file" accept=".json,application/json" aria-label="Recording to open" hidden>
<button type="button" id="close" hidden>Back to the program</button>
</div>
</header>
<p id="notice" role="status" hidden></p>
<section id="guide" aria-labelledby="guide-title" hidden></section>
<div id="scrubber" role="group" aria-label="Moment"></div>
<main>
<section class="picture" aria-labelledby="chart-title">
<div class="head"><h2 id="chart-title">Chart</h2><div id="charts"></div></div>
<div id="chart" role="group" aria-label="Chart, to be scrolled" tabindex="0"></div>
<p id="dashed" class="quiet" hidden>Dashed: a step that was taken, and that the picture leaves out of the lines it always shows.</p>
<details id="outline"><summary>The chart as text</summary><div id="states"></div></details>
</section>
<section class="state" aria-labelledby="now-title">
<h2 id="now-title">State</h2>
<p id="said" class="unseen" aria-live="polite"></p>
<div id="now"></div>
</section>
<section id="timeline" class="timeline" aria-labelledby="timeline-title" tabindex="-1">
<div class="head"><h2 id="timeline-title">Timeline</h2><button type="button" id="services" aria-pressed="true">Services</button></div>
<p id="timeline-note" class="quiet"></p>
<ol id="rows"></ol>
</section>
<section class="messages" aria-labelledby="messages-title">
<h2 id="messages-title">Messages</h2>
<p id="messages-note" class="quiet"></p>
<div class="lanes" id="lanes" aria-hidden="true"><span>application</span><span>browser</span><span>provider</span></div>
<ol id="messages"></ol>
</section>
</main>
<footer><p>Secrets are masked before they get here. Keys: <kbd>←</kbd> <kbd>→</kbd> one step, <kbd>Home</kbd> the first, <kbd>End</kbd> live, <kbd>N</kbd> or <kbd>Enter</kbd> next in guided mode.</p></footer>
<dialog id="text" aria-labelledby="text-title"><h2 id="text-title">Timeline as text</h2><textarea id="text-itself" readonly rows="20" cols="80" aria-labelledby="text-title"></textarea><form method="dialog"><button>Close</button></form></dialog>
<noscript><p>This page is drawn by its script, which has not run.</p></noscript>
</body>
</html>
`;
