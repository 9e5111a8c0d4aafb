import type { Command } from '../commands/command.ts';

// What they do is loaded with the first of them.

export const writePrometheusRules: Command = {
  name: 'Write Prometheus Rules',
  run: async (services, argument) => (await import('./actions.ts')).writePrometheusRules(services, argument),
};

export const writeScrapeConfig: Command = {
  name: 'Write Scrape Config',
  run: async (services, argument) => (await import('./actions.ts')).writeScrapeConfig(services, argument),
};

export const reloadPrometheus: Command = {
  name: 'Reload Prometheus',
  run: async (services, argument) => (await import('./actions.ts')).reloadPrometheus(services, argument, 'run'),
};

export const reloadPrometheusDryRun: Command = {
  name: 'Dry Run of a Prometheus Reload',
  run: async (services, argument) => (await import('./actions.ts')).reloadPrometheus(services, argument, 'dryRun'),
};

export const importGrafanaDashboard: Command = {
  name: 'Import Grafana Dashboard',
  run: async (services, argument) => (await import('./actions.ts')).importGrafanaDashboard(services, argument, 'run'),
};

export const importGrafanaDashboardDryRun: Command = {
  name: 'Dry Run of a Grafana Import',
  run: async (services, argument) =>
    (await import('./actions.ts')).importGrafanaDashboard(services, argument, 'dryRun'),
};
