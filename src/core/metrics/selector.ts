// A selector is what the settings call a metric: a name, with {label="value"} where needed.

/** The selector with more matchers: `hits{kind="exact"}` and `job="shop"` → `hits{kind="exact",job="shop"}`. */
export function narrow(selector: string, matchers: readonly string[]): string {
  const [, name = '', own = ''] = /^([\w:]+)(?:\{(.*)\})?$/s.exec(selector) ?? [];
  const all = [own.trim().replace(/,$/, ''), ...matchers].filter((one) => one !== '');
  return all.length === 0 ? name : `${name}{${all.join(',')}}`;
}

/** The matcher of one value: `job="shop"`. */
export function equals(label: string, value: string): string {
  return `${label}=${JSON.stringify(value)}`;
}

/** One of the series a histogram consists of, whichever of them the settings named: `_bucket`, `_count` or `_sum`. */
export function partOfHistogram(selector: string, suffix: '_bucket' | '_count' | '_sum'): string {
  return selector.replace(/^[\w:]+/, (name) => `${name.replace(/_(bucket|count|sum)$/, '')}${suffix}`);
}

/** The selector narrowed to a scrape job. */
export function ofJob(selector: string, job: string | undefined): string {
  return narrow(selector, job === undefined ? [] : [equals('job', job)]);
}
