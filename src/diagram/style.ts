/**
 * How charts look, by classes and custom properties that a page may set anew. Colours only repeat what tags say: blue is
 * busy, amber waits for a person, green is signed in; a thick border is at rest.
 */
export const chartStyle = `
.chart{--ground:#fff;--surface:#fff;--inside:rgba(80,105,140,.045);--ink:#1b2430;--soft:#586373;--line:#8a95a5;--way:#626d7b;--busy:#3b74c9;--person:#b26a00;--signed-in:#2b8a50;font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
@media (prefers-color-scheme:dark){.chart{--ground:#12161c;--surface:#1c232d;--inside:rgba(150,175,210,.05);--ink:#e6ebf2;--soft:#a0abba;--line:#677384;--way:#8d99a9;--busy:#6ea3f0;--person:#e0a144;--signed-in:#5bbd82}}
.chart .ground{fill:var(--ground)}
.chart .state rect{fill:var(--surface);stroke:var(--line);stroke-width:1.2}
.chart .state.compound>rect{fill:var(--inside)}
.chart .state .inner{fill:none;stroke-width:1}
.chart .state[data-tags~="busy"]>rect{stroke:var(--busy)}
.chart .state[data-tags~="awaitingUser"]>rect,.chart .state[data-tags~="needsUser"]>rect{stroke:var(--person)}
.chart .state[data-tags~="signedIn"]>rect{stroke:var(--signed-in)}
.chart .state[data-tags~="atRest"]>rect{stroke-width:2}
.chart .key{font-size:13px;font-weight:600;fill:var(--ink)}
.chart .service{font-size:11px;fill:var(--soft)}
.chart .compound>text{paint-order:stroke;stroke:var(--ground);stroke-width:4px;stroke-linejoin:round}
.chart .edge path,.chart .entry path{fill:none;stroke:var(--way);stroke-width:1.2}
.chart .entry circle,.chart .tip path{fill:var(--way)}
.chart .edge-label rect{fill:var(--ground);fill-opacity:.88}
.chart .edge-label text{font-size:12px;fill:var(--ink)}
`;
