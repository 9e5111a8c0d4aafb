import type { Command } from '../commands/command.ts';
import { commands } from '../ids.ts';

// What they do is loaded with the first of them.

export const writePrometheusRules: Command = {
  id: commands.writePrometheusRules,
  name: 'Write Prometheus Rules',
  run: async (services, argument) => (await import('./actions.ts')).writePrometheusRules(services, argument),
};

export const writeScrapeConfig: Command = {
  id: commands.writeScrapeConfig,
  name: 'Write Scrape Config',
  run: async (services, argument) => (await import('./actions.ts')).writeScrapeConfig(services, argument),
};

export const reloadPrometheus: Command = {
  id: commands.reloadPrometheus,
  name: 'Reload Prometheus',
  run: async (services, argument) => (await import('./actions.ts')).reloadPrometheus(services, argument),
};

export const importGrafanaDashboard: Command = {
  id: commands.importGrafanaDashboard,
  name: 'Import Grafana Dashboard',
  run: async (services, argument) => (await import('./actions.ts')).importGrafanaDashboard(services, argument),
};
