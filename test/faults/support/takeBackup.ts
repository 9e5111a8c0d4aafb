// Takes a backup of all keys and is killed on the way by the test that started it: `node takeBackup.ts URL FOLDER`.
import { BackUp } from '../../../src/clients/backup/backUp.ts';
import { carryOut, environmentOf, servicesOf } from '../../live/support/backups.ts';

const [url = '', folder = ''] = process.argv.slice(2);
const places = { root: `${folder}/backups`, directory: folder, keep: { count: 0, days: 0 } };
const operation = new BackUp({ redisExport: { pattern: '*' } }, servicesOf(environmentOf({ redis: { url } })), places);
await carryOut(operation);
console.log('finished');
