/** What the sandbox and the tests need on this machine, installed on first use and shared between checkouts. */
export { cacheFolder, installOnce, isAlive, step, withLock } from './install/cache.mjs';
export type { Report } from './install/cache.mjs';
export { ensureDebianPackages, isDebian } from './install/debian.ts';
export { ensureFromSuite } from './install/debianSuite.ts';
export type { SuiteRequest } from './install/debianSuite.ts';
export { ensureNpmTool } from './install/npmTool.ts';
export type { NpmToolOptions } from './install/npmTool.ts';
export { ensureProgram, findInPath, findProgram } from './install/programs.ts';
export type { Program } from './install/programs.ts';
