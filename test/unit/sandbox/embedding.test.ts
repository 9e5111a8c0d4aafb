import assert from 'node:assert/strict';
import { EMBEDDING_SIZE, cosine, embed } from '../../sandbox/app/embedding.ts';
import { NAMESPACES, topicsOf } from '../../sandbox/app/questions.ts';
import { SIMILARITY_THRESHOLD } from '../../sandbox/app/semanticCache.ts';

describe('The sample application’s embeddings', () => {
  it('have 64 dimensions and length 1, also for a text without words', () => {
    for (const text of ['What are the opening hours of the aquarium?', 'zoo', '?!', '']) {
      const vector = embed(text);
      assert.equal(vector.length, EMBEDDING_SIZE);
      assert.ok(Math.abs(cosine(vector, vector) - 1) < 1e-9, text);
    }
  });

  it('find every other wording of a question', () => {
    for (const topic of NAMESPACES.flatMap(topicsOf)) {
      const [usual, ...others] = topic.wordings;
      for (const other of others) {
        assert.ok(cosine(embed(usual), embed(other)) >= SIMILARITY_THRESHOLD, `"${usual}" and "${other}"`);
      }
    }
  });

  it('never take one question for another of the same namespace', () => {
    for (const namespace of NAMESPACES) {
      const vectors = topicsOf(namespace).map(({ wordings }) => ({ text: wordings[0], vector: embed(wordings[0]) }));
      for (const [index, one] of vectors.entries()) {
        for (const other of vectors.slice(index + 1)) {
          assert.ok(cosine(one.vector, other.vector) < SIMILARITY_THRESHOLD, `"${one.text}" and "${other.text}"`);
        }
      }
    }
  });
});
