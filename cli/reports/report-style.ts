/** The style of a report in one file: readable in light and dark, on paper, and without colours. */
export const reportStyle = `
:root { color-scheme: light dark; --line: light-dark(#ccc, #444); --soft: light-dark(#f5f5f4, #222); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
header { border-left: 0.4rem solid; padding-left: 1rem; }
header.identical { border-color: #15803d; } header.equivalent { border-color: #b45309; } header.different { border-color: #b91c1c; }
h1 { font-size: 1.3rem; margin: 0; overflow-wrap: anywhere; } h2 { font-size: 1.1rem; margin: 2rem 0 0.5rem; }
.result { margin: 0; font-weight: 600; text-transform: uppercase; letter-spacing: 0.05em; font-size: 0.85rem; }
table { border-collapse: collapse; margin-top: 1rem; display: block; overflow-x: auto; }
th, td { text-align: left; padding: 0.2rem 1rem 0.2rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
code, pre { font: 0.85em/1.5 ui-monospace, monospace; overflow-wrap: anywhere; unicode-bidi: isolate; }
pre { background: var(--soft); padding: 0.5rem; margin: 0.3rem 0; white-space: pre-wrap; }
del { text-decoration: none; } del::before { content: '- '; } ins { text-decoration: none; } ins::before { content: '+ '; }
del { color: light-dark(#b91c1c, #fca5a5); } ins { color: light-dark(#15803d, #86efac); }
pre del, pre ins { display: block; } .brief * { margin-left: 0.7em; }
ul { padding-left: 1.2rem; } li { margin: 0.15rem 0; } summary { cursor: pointer; }
b.added { color: light-dark(#15803d, #86efac); } b.removed { color: light-dark(#b91c1c, #fca5a5); }
b.changed { color: light-dark(#b45309, #fcd34d); } b.reordered { color: light-dark(#1d4ed8, #93c5fd); }
.parts { border-left: 2px solid var(--line); margin: 0.2rem 0 0.5rem 0.3rem; padding-left: 0.6rem; }
.parts ul { list-style: none; padding-left: 0; } .parts pre { white-space: pre-wrap; max-height: 24rem; overflow: auto; }
.brief { font: 0.85em/1.5 ui-monospace, monospace; overflow-wrap: anywhere; unicode-bidi: isolate; }
.cause { border: 1px solid var(--line); border-radius: 3px; padding: 0 0.3em; }
.danger { color: light-dark(#b91c1c, #fca5a5); } .warning { color: light-dark(#b45309, #fcd34d); }
footer { margin-top: 3rem; color: light-dark(#555, #aaa); font-size: 0.9rem; }
`;
