import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readEventStream, type StreamMessage } from './event-stream.ts';

function streamOf(bytes: Uint8Array, cuts: readonly number[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      let from = 0;
      for (const cut of [...cuts.map((each) => each % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
        controller.enqueue(bytes.slice(from, cut));
        from = cut;
      }
      controller.close();
    },
  });
}

async function read(stream: ReadableStream<Uint8Array>): Promise<StreamMessage[]> {
  const found: StreamMessage[] = [];
  for await (const message of readEventStream(stream)) found.push(message);
  return found;
}

describe('readEventStream', () => {
  it('reads the same messages wherever the network cuts them', async () => {
    const text =
      ': hi\n\nid: 1\nevent: a\ndata: {"x":"ü💩"}\n\nid: 2\r\nevent: b\r\ndata: 1\r\ndata: 2\r\n\r\ndata:bare\n\n: bye\n\n';
    const expected = [
      { id: '1', event: 'a', data: '{"x":"ü💩"}' },
      { id: '2', event: 'b', data: '1\n2' },
      { id: undefined, event: 'message', data: 'bare' },
    ];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { maxLength: 10 }), async (cuts) => {
        expect(await read(streamOf(Buffer.from(text), cuts))).toEqual(expected);
      }),
    );
  });

  it('leaves out a message that was cut off', async () => {
    expect(await read(streamOf(Buffer.from('id: 1\ndata: x\n\nid: 2\ndata: y'), []))).toHaveLength(1);
  });
});
