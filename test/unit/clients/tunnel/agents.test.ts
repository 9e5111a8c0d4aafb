import assert from 'node:assert/strict';
import { pastProxy } from '../../../../src/clients/tunnel/agents.ts';

describe('a request through a tunnel', () => {
  it('looks as if it went to this machine, which the editor does not send to its proxy; the server sees its own name', () => {
    assert.deepEqual(pastProxy('https://vectors.shop.svc:6333/collections?a=1'), {
      url: 'https://localhost:6333/collections?a=1',
      host: 'vectors.shop.svc:6333',
    });
    assert.deepEqual(pastProxy('http://[fd00::1]/x'), { url: 'http://localhost/x', host: '[fd00::1]' });
  });
});
