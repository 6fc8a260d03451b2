/** Colours of a plot, on light and on dark: hosts are told apart by hue and by lightness, also by those who see few colours. */
const LIGHT = {
  paper: '#ffffff',
  ink: '#1b2430',
  quiet: '#5b6675',
  grid: '#e3e7ed',
  fault: '#c92a2a',
  good: '#1f7a4d',
  hosts: ['#1558c0', '#d9660a', '#7a3fb8', '#0d8a9a', '#b02a6b', '#6b7280'],
};
const DARK = {
  paper: '#11161d',
  ink: '#eef2f7',
  quiet: '#9aa7b6',
  grid: '#29323d',
  fault: '#ff7b72',
  good: '#5fd39a',
  hosts: ['#6ea8ff', '#ffa657', '#c9a0ff', '#56d4dd', '#ff8ac0', '#a3adba'],
};

/** How many hosts have a colour of their own; those beyond share them again. */
export const HOST_COLOURS = LIGHT.hosts.length;

/** The style sheet of a plot. A viewer that prefers dark gets dark, wherever the picture stands. */
export const PLOT_STYLE = `
${rules(LIGHT)}
@media (prefers-color-scheme: dark) {
${rules(DARK)}
}
text { font: 13px system-ui, -apple-system, 'Segoe UI', sans-serif; font-variant-numeric: tabular-nums; }
.title { font-size: 20px; font-weight: 650; }
.head { font-size: 14px; font-weight: 600; }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.grid { stroke-width: 1; }
.limit { fill: none; stroke-width: 1.25; stroke-dasharray: 5 4; }
.fault { stroke-width: 4; stroke-linejoin: round; paint-order: stroke; }
.band { opacity: .1; }
.area { opacity: .16; }
.edge { text-anchor: end; }
.middle { text-anchor: middle; }`;

function rules({ paper, ink, quiet, grid, fault, good, hosts }: typeof LIGHT): string {
  return [
    `.paper { fill: ${paper}; }`,
    `.ink { fill: ${ink}; }`,
    `.quiet { fill: ${quiet}; }`,
    `.grid { stroke: ${grid}; }`,
    `.limit { stroke: ${quiet}; }`,
    `.band, .fault { fill: ${fault}; }`,
    `.fault { stroke: ${paper}; }`,
    `.served { stroke: ${good}; }`,
    `.area { fill: ${good}; }`,
    ...hosts.flatMap((colour, at) => [`.host${at} { stroke: ${colour}; }`, `.fill${at} { fill: ${colour}; }`]),
  ].join('\n');
}
