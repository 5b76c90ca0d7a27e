/** Figures of one size of crowd. */
export interface CrowdFigures {
  readonly nodes: number;
  /** Messages a node for an author's first post, and for a later one. */
  readonly first: number;
  readonly later: number;
  /** The same in bytes. */
  readonly firstBytes: number;
  readonly laterBytes: number;
  /** Until all have a later post, in milliseconds. */
  readonly ms: number;
}

const WIDTH = 856;
const HEIGHT = 292;
/** The plane of one plot within the picture, in pixels. */
const PLANE = { top: 56, height: 176, width: 216 };
const LEFTS = [44, 324, 604] as const;
/** Of the sizes these are named; the others would stand too close. */
const NAMED = [10, 100, 1000, 5000];

interface Line {
  readonly name: string;
  readonly style: "strong" | "weak";
  /** Whether its name stands below it. */
  readonly below?: boolean;
  readonly values: readonly number[];
}

interface Plot {
  readonly title: string;
  readonly marks: readonly number[];
  readonly lines: readonly Line[];
}

/**
 * Draws what a post costs a node, and how long it takes to reach all, against the number of nodes; up to `fullMesh`
 * nodes all are linked with all. SVG.
 */
export function crowdPlot(figures: readonly CrowdFigures[], fullMesh: number): string {
  const sizes = figures.map(({ nodes }) => nodes);
  const both = (first: readonly number[], later: readonly number[]): readonly Line[] => [
    { name: "an author's first", style: "weak", values: first },
    { name: "later ones", style: "strong", values: later },
  ];
  const plots: readonly Plot[] = [
    {
      title: "Messages a node and post",
      marks: [0, 20, 40, 60],
      lines: both(figures.map(({ first }) => first), figures.map(({ later }) => later)),
    },
    {
      title: "KB a node and post",
      marks: [0, 4, 8, 12],
      lines: both(
        figures.map(({ firstBytes }) => firstBytes / 1000),
        figures.map(({ laterBytes }) => laterBytes / 1000),
      ),
    },
    {
      title: "Until all have it, ms",
      marks: [0, 20, 40, 60],
      lines: [{
        name: "later ones",
        style: "strong",
        below: true,
        values: figures.map(({ ms }) => ms),
      }],
    },
  ];
  const words = "What a post costs each node, and how long it takes, with 10 to 5,000 nodes";
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${words}">`,
    "<style>",
    "  text { font: 12px system-ui, sans-serif; fill: #5b6470; }",
    "  .title { font-size: 14px; font-weight: 600; fill: #1d232a; }",
    "  .grid { stroke: #d9dee4; }",
    "  .border { stroke: #9aa4af; stroke-dasharray: 2 4; }",
    "  .strong { stroke: #1769aa; fill: #1769aa; }",
    "  .weak { stroke: #b26a00; fill: #b26a00; }",
    "  polyline { fill: none !important; stroke-width: 2; stroke-linejoin: round; }",
    "  text.strong, text.weak { font-weight: 600; stroke: #ffffff; stroke-width: 6; paint-order: stroke; }",
    "  .ground { fill: #ffffff; }",
    "  @media (prefers-color-scheme: dark) {",
    "    text { fill: #a7b0bb; }",
    "    .title { fill: #eef1f4; }",
    "    .grid { stroke: #38414b; }",
    "    .border { stroke: #6b7682; }",
    "    .strong { stroke: #6db8f2; fill: #6db8f2; }",
    "    .weak { stroke: #f0b35a; fill: #f0b35a; }",
    "    text.strong, text.weak { stroke: #161b21; }",
    "    .ground { fill: #161b21; }",
    "  }",
    "</style>",
    `<rect class="ground" width="${WIDTH}" height="${HEIGHT}" rx="8"/>`,
    ...plots.flatMap((plot, i) => drawPlot(plot, sizes, LEFTS[i] ?? 0, fullMesh)),
    "</svg>",
    "",
  ].join("\n");
}

function drawPlot(
  { title, marks, lines }: Plot,
  sizes: readonly number[],
  left: number,
  fullMesh: number,
): string[] {
  const [least = 1, most = 1] = [sizes[0], sizes.at(-1)];
  const top = Math.max(...marks);
  const x = (size: number) => left + PLANE.width * Math.log(size / least) / Math.log(most / least);
  const y = (value: number) => PLANE.top + PLANE.height * (1 - value / top);
  const end = left + PLANE.width;
  const bottom = PLANE.top + PLANE.height;
  const border = round(x(fullMesh));
  return [
    `<text class="title" x="${left}" y="32">${title}</text>`,
    ...marks.flatMap((mark) => [
      `<line class="grid" x1="${left}" x2="${end}" y1="${round(y(mark))}" y2="${round(y(mark))}"/>`,
      `<text x="${left - 8}" y="${round(y(mark) + 4)}" text-anchor="end">${mark}</text>`,
    ]),
    `<line class="border" x1="${border}" x2="${border}" y1="${PLANE.top}" y2="${bottom}"/>`,
    ...sizes.filter((size) => NAMED.includes(size)).map((size) =>
      `<text x="${round(x(size))}" y="${bottom + 20}" text-anchor="middle">${
        size.toLocaleString("en")
      }</text>`
    ),
    `<text x="${left + PLANE.width / 2}" y="${bottom + 40}" text-anchor="middle">nodes</text>`,
    ...lines.flatMap(({ name, style, below, values }) => {
      const points = values.map((value, i) => [round(x(sizes[i] ?? 0)), round(y(value))] as const);
      const last = values.at(-1) ?? 0;
      return [
        `<polyline class="${style}" points="${points.map((point) => point.join()).join(" ")}"/>`,
        ...points.map(([px, py]) => `<circle class="${style}" cx="${px}" cy="${py}" r="3"/>`),
        `<text class="${style}" x="${end}" y="${
          round(y(last) + (below ? 48 : -12))
        }" text-anchor="end">${name}</text>`,
      ];
    }),
  ];
}

const round = (value: number): number => Math.round(value * 10) / 10;
