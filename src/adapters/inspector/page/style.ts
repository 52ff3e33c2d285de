import { chartStyle } from '../../../diagram/style.js';

/** Colours mean one thing each: blue is now, red is a failure. Everything is said in words beside. */
export const pageStyle = `${chartStyle}
:root {
  color-scheme: light dark;
  --ground: #f5f6f8;
  --card: #ffffff;
  --ink: #16191d;
  --soft: #545f6d;
  --faint: #8b95a1;
  --line: #dde1e7;
  --tint: #eef1f5;
  --now: #1d5fd0;
  --now-tint: #e6eefb;
  --on-now: #ffffff;
  --bad: #b3261e;
  --bad-tint: #fbeceb;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0e1116;
    --card: #151a21;
    --ink: #e7ebf0;
    --soft: #9ca8b6;
    --faint: #6d7987;
    --line: #2a323c;
    --tint: #1e252e;
    --now: #86b3ff;
    --now-tint: #1b2a43;
    --on-now: #0e1116;
    --bad: #ff9a91;
    --bad-tint: #33201f;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { scroll-padding-top: 4rem; }
body {
  margin: 0;
  background: var(--ground);
  color: var(--ink);
  font: 0.875rem/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  overflow-wrap: anywhere;
}
h1, h2, p, ol, ul, dl, dd, fieldset { margin: 0; padding: 0; border: 0; }
ol, ul { list-style: none; }
h1 { font-size: 1rem; font-weight: 650; letter-spacing: -0.01em; }
h1 span { color: var(--soft); font-weight: 400; }
h2 { font-size: 0.8125rem; font-weight: 650; }
code, kbd, .path, .time, .lasted, .address, .value, dt { font-family: var(--mono); font-size: 0.75rem; }
.quiet, .rfc { color: var(--soft); }
section > .quiet:not(:empty) { padding: 0.25rem 0 0.625rem; }
.rfc { font-size: 0.75rem; white-space: nowrap; }
.unseen {
  position: absolute; width: 1px; height: 1px; margin: -1px;
  overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
.skip { position: absolute; left: -100vw; top: 0; z-index: 3; padding: 0.5rem 1rem; background: var(--card); color: var(--now); }
.skip:focus { left: 0; }
:focus-visible { outline: 2px solid var(--now); outline-offset: 2px; }

button, select {
  font: inherit;
  color: inherit;
  min-height: 2rem;
  padding: 0.2rem 0.7rem;
  border: 1px solid var(--line);
  border-radius: 0.375rem;
  background: var(--card);
}
button { cursor: pointer; }
button:hover, select:hover { border-color: var(--faint); }
button[aria-disabled="true"] { color: var(--faint); cursor: default; }
button[aria-pressed="true"] { background: var(--tint); border-color: var(--faint); }
input { accent-color: var(--now); }

header {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0.5rem 1.25rem;
  padding: 0.625rem 1.25rem;
  background: var(--card);
  border-bottom: 1px solid var(--line);
}
#connection { min-width: 6rem; display: flex; align-items: center; gap: 0.45rem; color: var(--soft); }
#connection::before { content: ""; flex: none; width: 0.5rem; height: 0.5rem; border-radius: 50%; border: 1.5px solid var(--faint); }
#connection.live::before { background: var(--now); border-color: var(--now); }
#connection.lost::before, #connection.ended::before { background: var(--faint); }
.session { display: flex; align-items: center; gap: 0.5rem; color: var(--soft); min-width: 0; }
/* As wide whatever it names, so that what is below it stays in place. */
.session select { color: var(--ink); min-width: 0; width: 20rem; text-overflow: ellipsis; }
.files { display: flex; flex-wrap: wrap; gap: 0.5rem; margin-left: auto; }
#notice { padding: 0.5rem 1.25rem; background: var(--bad-tint); color: var(--bad); }

#scrubber {
  position: sticky;
  top: 0;
  z-index: 2;
  display: flex;
  align-items: center;
  gap: 0.375rem;
  padding: 0.5rem 1.25rem;
  background: var(--card);
  border-bottom: 1px solid var(--line);
}
#scrubber button { flex: none; display: grid; place-items: center; }
#scrubber button:not(.live) { width: 2rem; padding: 0; }
#scrubber svg { fill: currentColor; stroke: currentColor; stroke-width: 1.5; stroke-linejoin: round; }
#scrubber input { flex: 1; min-width: 4rem; margin: 0 0.5rem; }
#scrubber .live { min-width: 4rem; }
#scrubber .live[aria-pressed="true"] { background: var(--now-tint); border-color: var(--now); color: var(--now); }
.moment { display: flex; justify-content: flex-end; gap: 1rem; min-width: 15rem; font-family: var(--mono); font-size: 0.75rem; color: var(--soft); white-space: nowrap; font-variant-numeric: tabular-nums; }

/* Of one height for every step, so that nothing beside it moves; what is longer scrolls in it. */
#guide {
  display: grid;
  grid-template: auto minmax(0, 1fr) / minmax(0, 1fr) auto;
  gap: 0.25rem 1rem;
  align-items: center;
  flex: none;
  height: min(14rem, 34dvh);
  padding: 0.625rem 1.25rem;
  background: var(--card);
  border-bottom: 1px solid var(--line);
}
#guide.waits { background: var(--now-tint); }
#guide .words { grid-column: 1 / -1; align-self: stretch; overflow: auto; overscroll-behavior: contain; display: grid; gap: 0.25rem; align-content: start; }
#guide .words > * { max-width: 64rem; }
#guide h2 { color: var(--soft); font-weight: 500; }
#guide .coming { font-size: 1rem; }
#guide .coming code { color: var(--soft); }
#guide .after, #guide .way { display: grid; gap: 0.25rem; }
#guide .way { gap: 0; }
#guide .next {
  flex: none;
  min-width: 7rem;
  min-height: 2.75rem;
  font-weight: 600;
  background: var(--now);
  border-color: var(--now);
  color: var(--on-now);
}
#guide .next[aria-disabled="true"] { background: transparent; border-color: var(--line); color: var(--faint); }

main {
  display: grid;
  gap: 0.75rem;
  padding: 0.75rem 1.25rem;
}
main > section { min-width: 0; background: var(--card); border: 1px solid var(--line); border-radius: 0.5rem; padding: 0.75rem 1rem; }
.picture { grid-area: picture; }
.state { grid-area: state; }
.timeline { grid-area: timeline; }
.messages { grid-area: messages; }
main > section:focus { outline: none; }
.head { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.5rem 1rem; margin-bottom: 0.5rem; }
.head h2 { line-height: 2rem; }
.head button { min-height: 1.75rem; font-size: 0.8125rem; }

#charts { display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 1rem; font-size: 0.8125rem; color: var(--soft); }
#charts label { display: flex; align-items: center; gap: 0.4rem; min-width: 0; white-space: nowrap; }
#charts select { flex: 0 1 auto; min-width: 0; }
#charts input { flex: none; }
#charts select { min-height: 1.75rem; color: var(--ink); }
#chart { overflow: auto; border: 1px solid var(--line); border-radius: 0.375rem; background: var(--ground); overscroll-behavior: contain; }
#chart.whole { display: grid; place-items: center; overflow: hidden; }
#chart.smaller .chart { zoom: 0.6; }
#dashed { font-size: 0.75rem; padding-top: 0.375rem; }
#chart.whole .chart { width: 100%; height: 100%; min-width: 0; min-height: 0; }
.chart { display: block; --ground: var(--card); --surface: var(--card); --ink: inherit; }
#chart .chart { margin: 0 auto; }

.chart .state rect, .chart .edge path, .chart .key { transition: fill 0.2s, stroke 0.2s; }
.chart .state.visited1 > rect { stroke: color-mix(in srgb, var(--now) 45%, var(--line)); }
.chart .state.visited2 > rect { stroke: color-mix(in srgb, var(--now) 75%, var(--line)); stroke-width: 1.5; }
.chart .state.visited3 > rect { stroke: var(--now); stroke-width: 1.75; }
.chart .state.around > rect { stroke: var(--now); stroke-width: 1.5; fill: color-mix(in srgb, var(--now) 7%, transparent); }
.chart .state.current.compound > rect { fill: color-mix(in srgb, var(--now) 12%, transparent); }
.chart .state.ended > rect { stroke: var(--now); stroke-width: 2.5; fill: var(--now-tint); }
.chart .state.current > rect { stroke: var(--now); stroke-width: 2.5; }
.chart .state.current.atomic > rect, .chart .state.current.final > rect { fill: var(--now); }
.chart .state.current.atomic > text, .chart .state.current.final > text { fill: var(--on-now); }
.chart .edge.visited1 path, .chart .loose .visited1 { stroke: color-mix(in srgb, var(--now) 45%, var(--line)); stroke-width: 1.5; }
.chart .edge.visited2 path, .chart .loose .visited2 { stroke: color-mix(in srgb, var(--now) 75%, var(--line)); stroke-width: 1.75; }
.chart .edge.visited3 path, .chart .loose .visited3 { stroke: var(--now); stroke-width: 2.75; }
.chart .edge-label.visited3 text { fill: var(--now); }
.chart .loose path { fill: none; stroke-dasharray: 6 4; }
.chart .tip path { fill: context-stroke; }
#outline { margin-top: 0.625rem; }
summary { cursor: pointer; }
#outline > summary { color: var(--soft); }
#states { max-height: 30rem; overflow: auto; }
#states ul ul { margin-left: 0.5rem; padding-left: 0.875rem; border-left: 1px solid var(--line); }
#states li { padding: 0.25rem 0; }
#states li > span { display: block; }
#states em { color: var(--now); font-style: normal; }
#states [aria-current] > strong { color: var(--now); }

#now { display: grid; gap: 0.625rem; margin-top: 0.375rem; }
#now .path { font-size: 1.0625rem; }
#now .path strong { color: var(--now); font-weight: 650; }
#now .over { color: var(--soft); font-family: inherit; font-size: 0.75rem; }
#now .where:not(.authorization) { padding-left: 0.75rem; border-left: 2px solid var(--now); }
#now .where:not(.authorization) .path { font-size: 0.875rem; }
.facts { display: grid; gap: 0.125rem; padding-top: 0.5rem; border-top: 1px solid var(--line); }
.facts div { display: grid; grid-template-columns: 8rem minmax(0, 1fr); gap: 0.5rem; }
.facts dt { font-family: inherit; font-size: 0.8125rem; color: var(--soft); }
.facts dd { font-size: 0.8125rem; }
.failure { padding: 0.5rem 0.75rem; border-left: 3px solid var(--bad); background: var(--bad-tint); border-radius: 0 0.25rem 0.25rem 0; font-size: 0.8125rem; }
.failure code { color: var(--bad); font-weight: 650; }
.failure p + p { margin-top: 0.25rem; }

#rows { overflow: auto; margin: 0 -1rem; border-top: 1px solid var(--line); }
.row { border-bottom: 1px solid var(--line); }
.row.now { background: var(--now-tint); box-shadow: inset 3px 0 var(--now); }
.row.later, #messages .later { --ink: var(--soft); color: var(--soft); }
.row.later { background: var(--ground); }
.row.began.root { border-top: 1px solid var(--faint); }
.row:first-child { border-top: 0; }
.line {
  display: grid;
  grid-template-columns: 4.25rem 6.25rem minmax(0, 1fr) auto;
  gap: 0 0.625rem;
  align-items: baseline;
  width: 100%;
  padding: 0.3rem 1rem;
  border: 0;
  border-radius: 0;
  background: none;
  text-align: left;
}
.line:hover { background: var(--tint); }
.line:focus-visible { outline-offset: -2px; }
.line .time { text-align: right; white-space: nowrap; color: var(--soft); font-variant-numeric: tabular-nums; }
.line .machine { font-size: 0.75rem; color: var(--soft); overflow: hidden; text-overflow: ellipsis; }
.line .event { display: block; }
.line .path { line-height: 1.4; }
.row.moved .path, .row.called .path { display: block; }
.row.began .event { display: inline; margin-right: 0.35rem; }
.line .from { color: var(--soft); }
.line .to { color: var(--ink); }
.line .lasted { color: var(--soft); text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.row.began .event, .row.ended .event { color: var(--soft); }
.row > .failure { margin: 0 1rem 0.5rem 12rem; }
.services { display: flex; flex-wrap: wrap; gap: 0 0.875rem; padding: 0 1rem 0.35rem 12.75rem; font-size: 0.75rem; color: var(--soft); }
.services:empty, .bare .services { display: none; }
.services .lasted { font-variant-numeric: tabular-nums; }
.services .exchange { display: block; padding-left: 0.75rem; font-family: var(--mono); font-size: 0.6875rem; }

.lanes { display: grid; grid-template-columns: repeat(3, 1fr); margin-top: 0.5rem; text-align: center; font-size: 0.8125rem; font-weight: 600; }
.lanes span { justify-self: center; padding: 0.2rem 0.75rem; border: 1px solid var(--line); border-radius: 0.25rem; background: var(--tint); }
#messages > li {
  background-image: linear-gradient(var(--line), var(--line)), linear-gradient(var(--line), var(--line)), linear-gradient(var(--line), var(--line));
  background-size: 1px 100%;
  background-position: 16.667% 0, 50% 0, 83.333% 0;
  background-repeat: no-repeat;
}
#messages > li:last-child { padding-bottom: 0.5rem; }
#messages summary { display: block; padding: 0.5rem 16.667% 0.375rem; text-align: center; border-radius: 0.25rem; }
#messages summary::-webkit-details-marker { display: none; }
#messages summary:hover .name { text-decoration: underline; }
#messages summary { position: relative; }
#messages .time, #messages .more { position: absolute; left: 0; bottom: 0.3rem; color: var(--soft); font-size: 0.6875rem; }
#messages .more { left: auto; right: 0.25rem; }
#messages summary:hover .more { text-decoration: underline; }
#messages .says { display: inline-block; padding: 0 0.375rem; background: var(--card); }
#messages .name { font-weight: 600; }
#messages .latest .name { color: var(--now); }
#messages .refusal .name { color: var(--bad); }
#messages .address { color: var(--soft); display: block; }
#messages .arrow { position: relative; display: block; height: 0.625rem; margin-top: 0.125rem; }
#messages .arrow::before { content: ""; position: absolute; inset: calc(50% - 1px) 2px auto; border-top: 1.5px solid var(--soft); }
#messages .arrow::after { content: ""; position: absolute; top: 50%; width: 0.5rem; height: 0.5rem; border: solid var(--soft); border-width: 1.5px 1.5px 0 0; }
#messages .right .arrow::after { right: 2px; transform: translateY(-55%) rotate(45deg); }
#messages .left .arrow::after { left: 2px; transform: translateY(-55%) rotate(-135deg); }
#messages .lost .arrow::before { border-top-style: dashed; }
#messages .front .arrow { background: radial-gradient(circle at 50% 50%, var(--soft) 3.5px, transparent 4px); }
#messages .latest .arrow::before, #messages .latest .arrow::after { border-color: var(--now); }
#messages .front .arrow::before { border-top-style: dashed; }
.inside { margin: 0.25rem 0 0.75rem; padding: 0.75rem; background: var(--tint); border-radius: 0.375rem; font-size: 0.8125rem; }
.inside dl { display: grid; gap: 0.5rem; margin-top: 0.625rem; }
.inside dl > div { display: grid; grid-template-columns: minmax(7rem, 28%) minmax(0, 1fr); gap: 0 0.75rem; }
.inside dt { font-weight: 600; grid-row: span 2; }
.inside dd { grid-column: 2; }
.inside dd.value { color: var(--ink); }
.inside dd.masked { color: var(--soft); letter-spacing: 0.1em; }
.inside dd:not(.value) { color: var(--soft); }

footer { padding: 0 1.25rem 0.625rem; color: var(--soft); font-size: 0.75rem; }
kbd { padding: 0 0.3rem; border: 1px solid var(--line); border-radius: 0.25rem; background: var(--card); }
dialog { border: 1px solid var(--line); border-radius: 0.5rem; background: var(--card); color: inherit; max-width: calc(100vw - 2rem); padding: 1rem; }
dialog::backdrop { background: rgb(0 0 0 / 0.4); }
dialog textarea { display: block; margin: 0.5rem 0; max-width: 100%; font-family: var(--mono); font-size: 0.75rem; background: var(--ground); color: inherit; border: 1px solid var(--line); }
noscript p { padding: 1.25rem; }

/* As wide as a desk: nothing scrolls but the regions, so that all stay in sight. */
@media (min-width: 60.001rem) {
  body { display: flex; flex-direction: column; min-height: 100dvh; }
  #guide .words { grid-column: 1; }
  #guide .next { grid-area: 1 / 2 / span 2; align-self: start; }
  main {
    flex: 1 1 0;
    min-height: 40rem;
    grid-template-columns: minmax(0, 1.35fr) minmax(25rem, 1fr);
    grid-template-areas: "picture state" "picture timeline" "picture messages";
    grid-template-rows: fit-content(18rem) minmax(0, 1.2fr) minmax(0, 1fr);
  }
  main > section { display: flex; flex-direction: column; min-height: 0; }
  #chart, #rows { flex: 1 1 0; min-height: 0; }
  #chart { min-height: 10rem; }
  .picture, .state { overflow: auto; }
  #outline { flex: none; }
  #states { max-height: 16rem; }
  #messages { flex: 1 1 0; min-height: 0; overflow: auto; }
  .lanes { overflow: hidden; }
  .lanes, #messages { scrollbar-gutter: stable; scrollbar-width: thin; }
  .messages { padding-bottom: 0; }
  .timeline { padding-bottom: 0; }
}
@media (min-width: 100rem) {
  main {
    grid-template-columns: minmax(0, 1.6fr) minmax(26rem, 1fr) minmax(26rem, 1fr);
    grid-template-areas: "picture state timeline" "picture messages timeline";
    grid-template-rows: fit-content(60%) minmax(0, 1fr);
  }
}
@media (max-width: 60rem) {
  body { display: flex; flex-direction: column; min-height: 100dvh; }
  main { flex: 1; align-content: start; }
  /* At the lower edge of the window, wherever the page is. */
  #guide { order: 1; position: sticky; bottom: 0; z-index: 2; height: min(19rem, 42dvh); border-top: 1px solid var(--line); border-bottom: 0; }
  html { scroll-padding-bottom: min(19rem, 42dvh); }
  main { grid-template-columns: minmax(0, 1fr); grid-template-areas: "state" "picture" "timeline" "messages"; padding: 0.75rem; }
  #chart { height: 26rem; }
  header, #scrubber, #guide, footer { padding-inline: 0.75rem; }
}
@media (max-width: 40rem) {
  .files { margin-left: 0; }
  .session, .session select { flex: 1; }
  .session { flex-basis: 100%; }
  #scrubber { flex-wrap: wrap; }
  #scrubber input { order: -1; flex-basis: 100%; margin: 0; }
  .moment { flex: 1; min-width: 0; }
  .clock { display: none; }
  .files button { padding-inline: 0.5rem; font-size: 0.8125rem; }
  #chart { height: 22rem; }
  .line { grid-template-columns: auto minmax(0, 1fr) auto; }
  .line .time { text-align: left; }
  .line .machine { grid-column: 2; }
  .line .lasted { grid-column: 3; grid-row: 1; }
  .line .what { grid-column: 1 / -1; }
  .row > .failure { margin-left: 1rem; }
  .services { padding-left: 1rem; }
  #messages summary { padding-inline: 0; }
  #messages .time, #messages .more { display: none; }
  #messages .says { display: block; background: none; }
  #messages .arrow { margin-inline: 16.667%; }
  .inside dl > div { grid-template-columns: minmax(0, 1fr); }
  .inside dd { grid-column: 1; }
}
@media (prefers-reduced-motion: reduce) {
  * { transition: none !important; }
}
`;
