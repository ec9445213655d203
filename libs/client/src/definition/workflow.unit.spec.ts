import { describe, expect, it } from '@jest/globals';
import { definitionSource } from './definition-source.ts';
import type { HandlerValue } from './handler-value.ts';
import { NotJson } from './plain-json.ts';
import { workflow } from './workflow.ts';

/** As `defineHandler` makes them, as far as definitions are concerned. */
const resize: HandlerValue<{ uri: string; width: number; mode?: 'fit' | 'fill' }, 'resized' | 'unchanged'> = {
  description: { name: 'resize_image' },
  config: { '~standard': {} },
};

describe('a definition in TypeScript', () => {
  it('is the document that a YAML author would write', () => {
    const built = workflow('Thumbnails', { key: 'thumbs', timeout: '2h', labels: undefined })
      .node('start', 'input')
      .node('small', resize, {
        dependencies: ['start'],
        config: { uri: '{{ input.uri }}', width: 100 },
        retry: { retries: 5 },
      })
      .node('tell', 'emit_event', {
        dependencies: [{ node: 'small', on: ['resized', 'unchanged'] }],
        config: { type: 'images.resized' },
      });
    expect(built.toJSON()).toEqual({
      name: 'Thumbnails',
      key: 'thumbs',
      timeout: '2h',
      dag: {
        nodes: [
          { id: 'start', handler: 'input' },
          {
            id: 'small',
            handler: 'resize_image',
            dependencies: ['start'],
            config: { uri: '{{ input.uri }}', width: 100 },
            retry: { retries: 5 },
          },
          {
            id: 'tell',
            handler: 'emit_event',
            dependencies: [{ node: 'small', on: ['resized', 'unchanged'] }],
            config: { type: 'images.resized' },
          },
        ],
      },
    });
    expect(JSON.parse(JSON.stringify(built))).toEqual(built.toJSON());
    expect(definitionSource(built)).toEqual({ source: JSON.stringify(built, null, 2), format: 'json' });
  });

  it('has bodies in groups and maps, as deep as one likes', () => {
    const built = workflow('Scopes').map('each', { items: '{{ input.files }}', maxConcurrency: 8 }, (body) =>
      body
        .node('read', 'parse_document', { config: { uri: '{{ item }}' } })
        .group('both', { dependencies: ['read'], strategy: 'race', onError: 'continue' }, (inner) =>
          inner.node('a', 'work').node('b', 'work', { dependencies: ['a'], join: 'strict' }),
        ),
    );
    expect(built.toJSON()).toMatchObject({
      dag: {
        nodes: [
          {
            id: 'each',
            handler: 'map',
            items: '{{ input.files }}',
            maxConcurrency: 8,
            nodes: [
              { id: 'read' },
              {
                id: 'both',
                handler: 'group',
                strategy: 'race',
                nodes: [{ id: 'a' }, { id: 'b', dependencies: ['a'], join: 'strict' }],
              },
            ],
          },
        ],
      },
    });
  });

  it('names handlers in undo steps as well', () => {
    const built = workflow('Undo').node('charge', 'charge', { compensate: { handler: resize, config: { uri: 'x' } } });
    expect(built.toJSON()).toMatchObject({
      dag: { nodes: [{ compensate: { handler: 'resize_image', config: { uri: 'x' } } }] },
    });
  });

  it('goes on from any point without changing what was there', () => {
    const start = workflow('Fork').node('start', 'input');
    const one = start.node('one', 'work', { dependencies: ['start'] });
    const two = start.node('two', 'work', { dependencies: ['start'] });
    const ids = (built: { toJSON(): unknown }) => JSON.stringify(built).match(/"id":"\w+"/g);
    expect([ids(start), ids(one), ids(two)]).toEqual([
      ['"id":"start"'],
      ['"id":"start"', '"id":"one"'],
      ['"id":"start"', '"id":"two"'],
    ]);
    (one.toJSON() as { name: string }).name = 'changed';
    expect(one.toJSON()).toMatchObject({ name: 'Fork' });
  });

  it('takes nodes from a loop', () => {
    let fan = workflow('Fan').node('start', 'input').untyped();
    for (const city of ['berlin', 'paris']) {
      fan = fan.node(`weather_${city}`, 'call', { dependencies: ['start'], config: { url: city } });
    }
    fan = fan.node('all', 'output', { dependencies: [{ node: 'weather_berlin', on: 'success' }, 'weather_paris'] });
    expect(fan.toJSON()).toMatchObject({
      dag: { nodes: [{ id: 'start' }, { id: 'weather_berlin' }, { id: 'weather_paris' }, { id: 'all' }] },
    });
  });

  it.each<[string, unknown]>([
    ['/a/config/n', { n: Number.NaN }],
    ['/a/config/n', { n: 1n }],
    ['/a/config/f', { f: () => 1 }],
    ['/a/config/list/1', { list: [1, undefined] }],
    ['/a/config/at', { at: new Date(0) }],
    ['/a/config/a~1b', { 'a/b': new Map() }],
  ])('refuses what is no JSON, at %s', (pointer, config) => {
    const build = () => workflow('Odd').node('a', 'work', { config: config as never });
    expect(build).toThrow(NotJson);
    expect(build).toThrow(expect.objectContaining({ code: 'NOT_JSON', pointer }));
  });
});

describe('what does not compile', () => {
  const base = workflow('Types')
    .node('start', 'input')
    .node('check', 'evaluate_condition', {
      config: { conditions: [{ field: 'input.n', operator: 'greater_than', value: 1 }] },
    })
    .router('way', { config: { routes: [{ when: 'input.n > 1', to: 'up' }], default: 7 } })
    .node('risky', 'some_handler', { onError: 'continue' })
    .node('small', resize, { config: { uri: 'x', width: '{{ input.width }}' } });

  it('is an edge from a node or a branch that is not there', () => {
    base.node('a', 'work', { dependencies: ['start', { node: 'check', on: true }, { node: 'check', on: ['true', 'false'] }] });
    base.node('a', 'work', {
      dependencies: [
        { node: 'way', on: ['up', '7'] },
        { node: 'way', on: 7 },
        { node: 'risky', on: 'x' },
      ],
    });
    base.node('a', 'work', {
      dependencies: [
        { node: 'small', on: 'resized' },
        { node: 'start', on: 'always' },
      ],
    });
    // @ts-expect-error there is no such node
    base.node('a', 'work', { dependencies: ['strat'] });
    // @ts-expect-error evaluate_condition has no such branch
    base.node('a', 'work', { dependencies: [{ node: 'check', on: 'maybe' }] });
    // @ts-expect-error the router has no such route
    base.node('a', 'work', { dependencies: [{ node: 'way', on: 'down' }] });
    // @ts-expect-error the handler has no such branch
    base.node('a', 'work', { dependencies: [{ node: 'small', on: 'broken' }] });
    // @ts-expect-error it has no onError: continue
    base.node('a', 'work', { dependencies: [{ node: 'small', on: 'error' }] });
    base.group('a', {}, (body) => {
      // @ts-expect-error nodes of a body depend on each other only
      return body.node('b', 'work', { dependencies: ['start'] });
    });
    expect(base.toJSON()).toMatchObject({ name: 'Types' });
  });

  it('is a second node of an id, or a field that is none', () => {
    // @ts-expect-error there is one of that id
    base.node('start', 'work');
    // @ts-expect-error no such field
    base.node('a', 'work', { dependsOn: ['start'] });
    // @ts-expect-error no duration
    base.node('a', 'work', { timeout: 'soon' });
    // @ts-expect-error no such strategy
    base.group('a', { strategy: 'luck' }, (body) => body.node('b', 'work'));
    expect(base.node('a', 'work').toJSON()).toMatchObject({ name: 'Types' });
  });

  it('is a configuration that does not fit the handler', () => {
    base.node('a', resize, { config: { uri: 'x', width: 1, mode: 'fit' } });
    base.node('a', resize, { config: '{{ input.config }}' });
    // @ts-expect-error width is a number or a template
    base.node('a', resize, { config: { uri: 'x', width: 'wide' } });
    // @ts-expect-error width is missing
    base.node('a', resize, { config: { uri: 'x' } });
    // @ts-expect-error mode is fit or fill
    base.node('a', resize, { config: { uri: 'x', width: 1, mode: 'stretch' } });
    // @ts-expect-error no such field
    base.node('a', resize, { config: { uri: 'x', width: 1, height: 1 } });
    // @ts-expect-error no such operator
    base.node('a', 'evaluate_condition', { config: { conditions: [{ field: 'input.n', operator: 'like', value: 1 }] } });
    expect(base.node('a', 'delay', { config: { for: '3d' } }).toJSON()).toMatchObject({ name: 'Types' });
  });
});
