/** The hash of the style, in base64: nothing else may style the page. The tests print the new one after a change. */
export const STYLE_HASH = 'sha256-gOKI19X9JVTpihapFTlfbt257A/NIPPUCS7FSwJN9CA=';

export const STYLE = `
:root{color-scheme:light dark;
--back:#f6f7f9;--surface:#fff;--raised:#eef1f6;--line:#dde1ea;--text:#1d2029;--quiet:#5b6172;--accent:#3548c4;
--bad:#b91c1c;--on-bad:#fff;--bad-back:#fdecec;--good:#12713a;--good-back:#e6f4ea;--warn:#8a4600;--warn-back:#fdf0dc;--note:#1d55c0;--note-back:#e7eefc;
--mono:ui-monospace,'SF Mono','Cascadia Code',Menlo,Consolas,'DejaVu Sans Mono',monospace}
@media (prefers-color-scheme:dark){:root{
--back:#13151b;--surface:#1a1d25;--raised:#242833;--line:#323846;--text:#e4e7ef;--quiet:#a0a8ba;--accent:#a5b1ff;
--bad:#ff8078;--on-bad:#240807;--bad-back:#3a1d1f;--good:#7bd99b;--good-back:#18301f;--warn:#f5b866;--warn-back:#362812;--note:#8db8ff;--note-back:#1b2840}}
*{box-sizing:border-box}
html{font:15px/1.45 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','DejaVu Sans',sans-serif;-webkit-text-size-adjust:100%}
body{margin:0;color:var(--text);background:var(--back)}
main,.top{max-width:80rem;margin:0 auto;padding:0 1rem}
main{padding-bottom:4rem}
h1{font-size:1.1rem;margin:1rem 0 .75rem;display:flex;flex-wrap:wrap;gap:.25rem .75rem;align-items:center;font-weight:600}
h2{font-size:1.05rem;margin:1.5rem 0 .5rem}
a{color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:1px}
.quiet,small{color:var(--quiet);font-weight:400}
code,pre,.m,.chip,th[scope=row] a,.failed strong{font-family:var(--mono)}
.verdict{padding:.2rem .7rem;border-radius:1rem;font-size:1rem;font-weight:700}
.verdict.bad{background:var(--bad);color:var(--on-bad)}
.verdict.good{background:var(--good-back);color:var(--good)}

.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:.75rem}
.card{background:var(--surface);border:1px solid var(--line);border-left:6px solid var(--good);border-radius:6px;padding:.6rem .9rem;min-width:0}
.card.bad{border-left-color:var(--bad)}
.card h2{margin:0;overflow-wrap:anywhere}
.card p{margin:.25rem 0;overflow-wrap:anywhere;font-size:.87rem}
.counts{list-style:none;display:flex;flex-wrap:wrap;gap:.3rem 1rem;margin:.5rem 0;padding:0}
.chip{display:inline-block;padding:.05rem .5rem;margin:.1rem 0;border-radius:4px;border:1px solid var(--bad);color:var(--bad);background:var(--bad-back);text-decoration:none;font-size:.85rem}
.chip.r{border-style:dashed;background:none}

.m{display:inline-block;width:1.55em;line-height:1.5em;text-align:center;border:1px solid transparent;border-radius:4px;font-weight:700;text-decoration:none;color:var(--quiet)}
.m.f{background:var(--bad);color:var(--on-bad);border-color:var(--bad)}
.m.r{color:var(--bad);border:1px dashed var(--bad)}
.m.o{color:var(--good)}
.m.n{color:var(--warn);background:var(--warn-back)}
.m.i{color:var(--note);background:var(--note-back)}
.m.u{background:var(--raised)}
a.m:hover,.failed a:hover,.chip:hover{outline:2px solid var(--accent)}

.failed{list-style:none;margin:0;padding:0;border:1px solid var(--line);border-radius:6px;background:var(--surface);overflow:hidden}
.failed li+li{border-top:1px solid var(--line)}
.failed a{display:grid;grid-template-columns:2rem minmax(6rem,15rem) 1fr;gap:.1rem .5rem;padding:.45rem .7rem;color:inherit;text-decoration:none;align-items:baseline}
.failed a:focus-visible{outline-offset:-3px}
.failed strong{color:var(--bad);overflow-wrap:anywhere}
.failed span{min-width:0;overflow-wrap:anywhere}
.failed small,.failed em{display:block;font-size:.87rem}

.jumps{display:flex;flex-wrap:wrap;gap:.3rem .8rem;align-items:center;margin:.6rem 0;font-size:.92rem}
.count{color:var(--bad);font-family:var(--mono);white-space:nowrap}
.only{margin-left:auto;padding:.3rem 0;cursor:pointer}
.only input{width:1.1rem;height:1.1rem;vertical-align:-.2rem;accent-color:var(--bad)}
main:has(#only:checked) .p{display:none}

.grid{background:var(--surface);border:1px solid var(--line);border-radius:6px}
.group{display:grid;grid-template-columns:15rem 1fr;padding:.4rem .8rem;scroll-margin-top:1rem}
.group+.group{border-top:1px solid var(--line)}
.group h3{font-size:.95rem;margin:.1rem 0;overflow-wrap:anywhere}
.group h3 span,tr.g th span{font-weight:400}
.group h3 small{white-space:nowrap}
.grid ol{list-style:none;display:flex;flex-wrap:wrap;gap:2px;margin:0;padding:0;align-content:flex-start}
.grid .m{scroll-margin-top:40vh}
.grid .m:target{outline:3px solid var(--accent)}

table{border-collapse:separate;border-spacing:0;background:var(--surface);border:1px solid var(--line);width:100%}
.wide{overflow:auto;max-height:96vh;border:1px solid var(--line)}
.wide table{border:0}
th,td{text-align:left;font-weight:400;padding:.12rem .5rem;border-bottom:1px solid var(--line);background:var(--surface)}
td,thead th+th{text-align:center;border-left:1px solid var(--line)}
thead th{position:sticky;top:0;z-index:2;font-weight:600;vertical-align:bottom;background:var(--raised);overflow-wrap:anywhere;padding:.4rem .5rem}
th:first-child{position:sticky;left:0;z-index:1;overflow-wrap:anywhere}
thead th:first-child{z-index:3}
tr.g th,tr.g td{background:var(--raised)}
tr.g th{font-weight:700;padding-top:.5rem}
tbody{scroll-margin-top:3.5rem}
tbody tr{scroll-margin-top:40vh}
tr:target th,tr:target td{background:var(--note-back)}
tr:not(.g):hover th,tr:not(.g):hover td{background:var(--raised)}

.case{display:none}
.case:target,.case:has(:target){display:block;position:fixed;z-index:9;inset:0 0 0 auto;width:min(46rem,100vw);overflow:auto;overscroll-behavior:contain;padding:0 1.1rem 2rem;background:var(--surface);border-left:1px solid var(--line);box-shadow:0 0 3rem #0007}
body:has(.case:target,.case :target) main{padding-bottom:40vh}
.bar{position:sticky;top:0;z-index:1;display:flex;flex-wrap:wrap;gap:.2rem 1rem;margin:0 -1.1rem;padding:.5rem 1.1rem;background:var(--raised);border-bottom:1px solid var(--line);font-size:.92rem}
.bar a{padding:.15rem 0}
.bar span{font-family:var(--mono)}
.shut{margin-left:auto;font-weight:700}
.case h2{margin:.8rem 0 .3rem;overflow-wrap:anywhere}
.case p,dd{overflow-wrap:anywhere}
.outcome{border-top:1px solid var(--line);margin-top:.8rem;padding-top:.2rem}
.outcome p{margin:.5rem 0}
.outcome [id]{scroll-margin-top:6rem}
.agents b{display:inline-block;padding:0 .5rem;margin:.1rem 0;border:1px solid var(--line);border-radius:4px;font-weight:600}
.agents b:target{border-color:var(--accent);box-shadow:0 0 0 1px var(--accent)}
dl{display:grid;grid-template-columns:5rem 1fr;gap:.25rem .5rem;margin:.5rem 0}
dt{color:var(--quiet)}
dd{margin:0}
pre{margin:.6rem 0 0;padding:.6rem .7rem;background:var(--raised);border-radius:5px;font-size:.8rem;line-height:1.4;overflow:auto;max-height:70vh}
.repeat{white-space:pre-wrap;overflow-wrap:anywhere}
.repeat::before{content:'repeat with';display:block;color:var(--quiet);font-family:system-ui,sans-serif}

@media (max-width:45rem){
main,.top{padding:0 .6rem}
main{padding-bottom:3rem}
.failed a{grid-template-columns:2rem 1fr}
.failed a>span{grid-column:1/-1}
.group{grid-template-columns:1fr;padding:.4rem .6rem}
.grid .m{width:2.05em;line-height:2em}
th small{display:none}
th,td{padding:.12rem .25rem}
thead th+th span{writing-mode:vertical-rl;transform:rotate(180deg);max-height:9rem;overflow:hidden;white-space:nowrap;text-overflow:ellipsis}
td a.m{width:100%;min-width:1.8em;line-height:1.9em}
dl{grid-template-columns:1fr;gap:0}
dd{margin-bottom:.4rem}
}
@media print{.case,.only{display:none!important}}
`;
