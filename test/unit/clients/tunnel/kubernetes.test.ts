import assert from 'node:assert/strict';
import { forwardArguments, placeOfName } from '../../../../src/clients/tunnel/kubernetes.ts';
import { OpsError } from '../../../../src/core/errors.ts';

describe('a host behind a Kubernetes tunnel', () => {
  const names: readonly (readonly [string, string, string | undefined])[] = [
    ['store', 'svc/store', 'own'],
    ['store.own', 'svc/store', 'own'],
    ['store.other', 'svc/store', 'other'],
    ['store.other.svc', 'svc/store', 'other'],
    ['Store.other.svc.cluster.local', 'svc/store', 'other'],
    ['store-0.headless', 'pod/store-0', 'own'],
    ['store-0.own', 'svc/store-0', 'own'],
    ['store-0.headless.other.svc.cluster.local', 'pod/store-0', 'other'],
    ['store-0.headless.other', 'pod/store-0', 'other'],
  ];
  for (const [host, resource, namespace] of names)
    it(`is found by its name: ${host}`, () => assert.deepEqual(placeOfName(host, 'own'), { resource, namespace }));

  it('in the namespace of the context, where none is named', () =>
    assert.deepEqual(placeOfName('store', undefined), { resource: 'svc/store', namespace: undefined }));

  for (const host of ['localhost', '-o', 'a b', 'store_1', '', 'a.b.c.d.svc', '--kubeconfig=x'])
    it(`is refused when it can be none: "${host}"`, () =>
      assert.throws(
        () => placeOfName(host, 'own'),
        (error) => error instanceof OpsError && error.code === 'settings',
      ));

  it('is forwarded to a port of kubectl’s choice, on this machine only', () => {
    const place = { resource: 'svc/store', namespace: 'own' };
    assert.deepEqual(forwardArguments({ context: 'shop' }, place, 6379), [
      'kubectl',
      '--context=shop',
      '--namespace=own',
      'port-forward',
      '--address=127.0.0.1',
      'svc/store',
      ':6379',
    ]);
  });
});
