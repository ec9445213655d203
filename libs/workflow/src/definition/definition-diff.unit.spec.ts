import { describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '@jetsaga/contracts';
import fc from 'fast-check';
import { diffDefinitions } from './definition-diff.ts';

const nodes = (...list: JsonObject[]): JsonObject => ({ name: 'x', dag: { nodes: list } });
const none = { fields: [], nodes: { added: [], removed: [], changed: [] } };

describe('the difference between two definitions', () => {
  it('is nothing for the same content, however it is ordered', () => {
    const one: Json = {
      name: 'x',
      labels: { a: '1', b: '2' },
      dag: { nodes: [{ id: 'a', config: { x: 1, y: [1, { p: 1, q: 2 }] } }, { id: 'b' }] },
    };
    const other: Json = {
      dag: { nodes: [{ id: 'b' }, { config: { y: [1, { q: 2, p: 1 }], x: 1 }, id: 'a' }] },
      labels: { b: '2', a: '1' },
      name: 'x',
    };
    expect(diffDefinitions(one, other)).toEqual(none);
  });

  it('names nodes that came and went, and fields that changed, with what they were and are', () => {
    const before = nodes(
      { id: 'a', handler: 'fetch', config: { url: 'http://a', retry: { times: 1 }, tags: ['x'] }, timeout: '5s' },
      { id: 'gone', handler: 'fetch' },
    );
    const after = nodes(
      { id: 'a', handler: 'fetch', config: { url: 'http://b', retry: { times: 1, wait: 2 }, tags: ['x', 'y'] } },
      { id: 'new', handler: 'aggregate' },
    );
    expect(diffDefinitions({ ...before, timeout: '1h' }, { ...after, timeout: '2h', priority: 'low' })).toEqual({
      fields: [
        { field: 'timeout', before: '1h', after: '2h' },
        { field: 'priority', after: 'low' },
      ],
      nodes: {
        added: [{ path: 'new', node: { handler: 'aggregate' } }],
        removed: [{ path: 'gone', node: { handler: 'fetch' } }],
        changed: [
          {
            path: 'a',
            fields: [
              { field: 'config.url', before: 'http://a', after: 'http://b' },
              { field: 'config.retry.wait', after: 2 },
              { field: 'config.tags', before: ['x'], after: ['x', 'y'] },
              { field: 'timeout', before: '5s' },
            ],
          },
        ],
      },
    });
  });

  it('looks into nested nodes', () => {
    const group = (config: Json) => nodes({ id: 'g', handler: 'group', nodes: [{ id: 'in', handler: 'fetch', config }] });
    expect(diffDefinitions(group({ n: 1 }), group({ n: 2 })).nodes.changed).toEqual([
      { path: 'g/in', fields: [{ field: 'config.n', before: 1, after: 2 }] },
    ]);
  });

  it('is empty for any document and itself, and turns around', () => {
    const document = fc.record({
      name: fc.string(),
      labels: fc.dictionary(fc.string(), fc.string()),
      dag: fc.record({
        nodes: fc.uniqueArray(fc.record({ id: fc.string(), config: fc.jsonValue() }), { selector: ({ id }) => id }),
      }),
    }) as fc.Arbitrary<JsonObject>;
    fc.assert(fc.property(document, (one) => expect(diffDefinitions(one, structuredClone(one))).toEqual(none)));
    fc.assert(
      fc.property(document, document, (one, other) => {
        const [there, back] = [diffDefinitions(one, other), diffDefinitions(other, one)];
        expect(back.nodes.added).toEqual(there.nodes.removed);
        expect(back.nodes.changed.map(({ path }) => path).sort()).toEqual(there.nodes.changed.map(({ path }) => path).sort());
        expect(back.fields).toHaveLength(there.fields.length);
      }),
    );
  });
});
