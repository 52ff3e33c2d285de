/** How charts look, by classes and custom properties that a page may set anew. */
export const chartStyle = `
.chart{--ground:#fff;--surface:#fff;--inside:rgba(90,110,140,.05);--ink:#1b2430;--soft:#5b6675;--line:#8a95a5;--way:#66717f;--accent:#2563c9;font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
@media (prefers-color-scheme:dark){.chart{--ground:#12161c;--surface:#1b212a;--inside:rgba(160,180,210,.06);--ink:#e6ebf2;--soft:#9aa6b5;--line:#5d6978;--way:#8d99a9;--accent:#7aaaf7}}
.chart .ground{fill:var(--ground)}
.chart .state rect{fill:var(--surface);stroke:var(--line);stroke-width:1.2}
.chart .state.compound>rect{fill:var(--inside)}
.chart .state .inner{fill:none;stroke-width:1}
.chart .key{font-size:13px;font-weight:600;fill:var(--ink)}
.chart .compound>text{paint-order:stroke;stroke:var(--ground);stroke-width:5px;stroke-linejoin:round}
.chart .service{font-size:11px;fill:var(--soft)}
.chart .edge path,.chart .entry path{fill:none;stroke:var(--way);stroke-width:1.2}
.chart .entry circle,.chart .tip path{fill:var(--way)}
.chart .edge-label rect{fill:var(--ground);fill-opacity:.82}
.chart .edge-label text{font-size:12px;fill:var(--ink)}
`;
