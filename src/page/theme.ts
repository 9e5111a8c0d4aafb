import type { ColorName } from '../core/dashboard/model.ts';

/** The editor's colours as a canvas needs them; read anew when the theme changes. */
export interface Theme {
  readonly foreground: string;
  readonly muted: string;
  readonly background: string;
  readonly grid: string;
  readonly warning: string;
  readonly critical: string;
  readonly good: string;
  readonly font: string;
  readonly series: Readonly<Record<ColorName, string>>;
  readonly highContrast: boolean;
}

/** What lines and other drawn things need against what is behind them (WCAG 2.2, 1.4.11). */
const leastContrast = 3.2;

export function readTheme(): Theme {
  const style = getComputedStyle(document.body);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  const paint = createPainter(read('--vscode-editor-background'));
  const [foreground] = paint(style.color);
  const line = (name: ColorName): string => {
    const from = name === 'grey' ? '--page-grey-wish' : `--vscode-charts-${name}`;
    const color = legible(paint, read(from) || style.color);
    // The swatches beside the words are of the same colour.
    document.body.style.setProperty(`--page-${name}`, color);
    return color;
  };
  return {
    foreground: foreground ?? style.color,
    muted: paint(read('--page-muted'))[0],
    background: paint('transparent')[0],
    grid: read('--page-grid'),
    warning: legible(paint, read('--page-warning')),
    critical: legible(paint, read('--page-critical')),
    good: read('--page-good'),
    font: `11px ${style.fontFamily}`,
    series: {
      blue: line('blue'),
      green: line('green'),
      orange: line('orange'),
      purple: line('purple'),
      red: line('red'),
      yellow: line('yellow'),
      grey: line('grey'),
    },
    highContrast: document.body.classList.contains('vscode-high-contrast'),
  };
}

type Painter = (color: string) => readonly [css: string, contrast: number];

/** A colour as it looks on the page, which some are meant to shine through, and its contrast with it. */
function createPainter(background: string): Painter {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const behind = luminance(pixel(context, [background]));
  return (color) => {
    const seen = pixel(context, [background, color]);
    const own = luminance(seen);
    return [`rgb(${seen.join(' ')})`, (Math.max(own, behind) + 0.05) / (Math.min(own, behind) + 0.05)];
  };
}

function pixel(context: CanvasRenderingContext2D | null, colors: readonly string[]): readonly number[] {
  if (!context) return [0, 0, 0];
  for (const color of colors) {
    context.fillStyle = color;
    context.fillRect(0, 0, 1, 1);
  }
  return Array.from(context.getImageData(0, 0, 1, 1).data.slice(0, 3));
}

/** Relative luminance (WCAG). */
function luminance(color: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = color.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The colour, made lighter or darker where it would be too faint; never one that shines through. */
function legible(paint: Painter, color: string): string {
  const lighter = paint('white')[1] > paint('black')[1] ? 1 : -1;
  for (let step = 0; step <= 0.6; step += 0.04) {
    const [seen, contrast] = paint(`oklch(from ${color} calc(l + ${(step * lighter).toFixed(2)}) c h / 1)`);
    if (contrast >= leastContrast) return seen;
  }
  return lighter > 0 ? 'white' : 'black';
}

/** The editor changes its class and variables on the page's own elements. */
export function onThemeChange(changed: () => void): void {
  let waiting = false;
  const observer = new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      changed();
    });
  });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
}

/** The colour, so much of it. */
export function faded(color: string, share: number): string {
  return `color-mix(in srgb, ${color} ${Math.round(share * 100)}%, transparent)`;
}
