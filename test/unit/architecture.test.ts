import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const specifier =
  /^\s*(?:import|export)\b[^'"]*?from\s+['"]([^'"]+)['"]|^\s*import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;
const clientPackages = ['ioredis', '@qdrant/js-client-rest', 'node-fetch'];
const systemModules = [
  'fs',
  'net',
  'tls',
  'http',
  'https',
  'http2',
  'dns',
  'dgram',
  'child_process',
  'os',
  'worker_threads',
];

/** Who may not import what: a folder or file below src, and the packages, Node modules and folders closed to it. */
const rules = [
  { from: 'core', closed: ['vscode', ...clientPackages, ...systemModules, 'clients/', 'ui/', 'page/'] },
  { from: 'clients', closed: ['vscode', 'ui/', 'page/'] },
  { from: 'ui', closed: [...clientPackages] },
  { from: 'page', closed: ['vscode', ...clientPackages, ...systemModules, 'clients/', 'ui/'] },
  { from: 'services.ts', closed: [...clientPackages] },
  { from: 'extension.ts', closed: [...clientPackages] },
];

describe('Architecture', () => {
  const sources = filesBelow('src', '.ts');

  for (const { from, closed } of rules)
    it(`${from} imports nothing that is closed to it`, () => {
      const own = sources.filter((file) => file === from || file.startsWith(`${from}/`));
      const found = own.flatMap((file) =>
        importsOf(file)
          .filter((name) => closed.some((each) => (each.endsWith('/') ? name.startsWith(each) : isPackage(name, each))))
          .map((name) => `src/${file} imports ${name}`),
      );
      assert.deepEqual(found, []);
    });

  it('sees imports of every kind', () => {
    const text =
      "import a from 'one';\nimport {\n  b,\n} from 'two';\nexport * from 'three';\nimport 'four';\nawait import('five');";
    assert.deepEqual(importedNames(text), ['one', 'two', 'three', 'four', 'five']);
    assert.ok(sources.some((file) => importsOf(file).includes('vscode')));
  });

  it('runs every test file: each lies where a suite of npm test looks', () => {
    const suites = /^(?:(?:unit|live|faults|e2e|package)\/.*|host\/[^/]*)\.test\.ts$/;
    const forgotten = filesBelow('test', '.ts').filter((file) => file.endsWith('.test.ts') && !suites.test(file));
    assert.deepEqual(forgotten, []);
  });
});

/** Paths relative to `folder`, with forward slashes. */
function filesBelow(folder: string, ending: string): readonly string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => file.replaceAll(path.sep, '/'));
}

/** What a source imports, types too: `vscode`, `fs/promises`, or for our own files a path below src. */
function importsOf(file: string): readonly string[] {
  return importedNames(readFileSync(path.join(root, 'src', file), 'utf8')).map((name) =>
    name.startsWith('.') ? path.posix.join(path.posix.dirname(file), name) : name.replace(/^node:/, ''),
  );
}

function importedNames(text: string): readonly string[] {
  return [...text.matchAll(specifier)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

function isPackage(name: string, packageName: string): boolean {
  return name === packageName || name.startsWith(`${packageName}/`);
}
