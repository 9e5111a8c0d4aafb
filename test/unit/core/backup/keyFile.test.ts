import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  encodeEnd,
  encodeHeader,
  encodeRecords,
  KeyFileReader,
  recordsIn,
} from '../../../../src/core/backup/keyFile.ts';
import type { KeyRecord } from '../../../../src/core/backup/keyFile.ts';

const header = { server: 'redis:6379', version: '7.0.15', runId: 'a', db: 0, pattern: '*', startedAtMs: 1 };
const bytes = fc.uint8Array({ maxLength: 300 });
const record = fc.record({
  key: bytes,
  payload: bytes,
  expiresAtMs: fc.nat({ max: 2 ** 31 - 1 }).map((n) => n * 1000),
});

function fileOf(records: readonly KeyRecord[]): Buffer {
  return Buffer.concat([encodeHeader(header), encodeRecords(records), encodeEnd(records.length)]);
}

describe('The file of exported keys', () => {
  it('gives back every record, however it is cut into pieces', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 30 }), fc.integer({ min: 1, max: 500 }), (records, size) => {
        const file = fileOf(records);
        const reader = new KeyFileReader();
        const found: KeyRecord[] = [];
        for (let at = 0; at < file.length; at += size) {
          const page = reader.push(Buffer.from(file.subarray(at, at + size)));
          const own = [...recordsIn(page)];
          assert.equal(own.length, page.count);
          found.push(...own);
        }
        assert.equal(reader.finish(), records.length);
        assert.deepEqual(reader.header, header);
        const plain = ({ key, payload, expiresAtMs }: KeyRecord) => [[...key], [...payload], expiresAtMs];
        assert.deepEqual(found.map(plain), records.map(plain));
      }),
      { numRuns: 100 },
    );
  });

  it('is broken wherever it ends early, and when anything follows its end', () => {
    const file = fileOf([{ key: Buffer.from('k'), payload: Buffer.from('value'), expiresAtMs: 0 }]);
    for (let length = 0; length < file.length; length++) {
      const reader = new KeyFileReader();
      reader.push(Buffer.from(file.subarray(0, length)));
      assert.throws(() => reader.finish(), /ends in the middle/, String(length));
    }
    assert.throws(() => new KeyFileReader().push(Buffer.concat([file, Buffer.from([1])])), /follows its end/);
  });

  it('is broken when records are missing, or it is something else', () => {
    const short = Buffer.concat([encodeHeader(header), encodeEnd(2)]);
    assert.throws(() => new KeyFileReader().push(short), /records are missing/);
    assert.throws(() => new KeyFileReader().push(Buffer.from('REDIS0011 something else')), /no export of keys/);
  });
});
