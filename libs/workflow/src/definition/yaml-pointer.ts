import { isMap, isNode, isScalar, isSeq, type Document } from 'yaml';
import { jsonPointer } from './json-pointer.ts';

/** The pointer of what begins at `offset`, or else of the innermost thing that `offset` falls into. The document may have errors. */
export function yamlPointerAt(document: Document.Parsed, offset: number): string {
  let pointer = '';
  for (let node: unknown = document.contents; startOf(node) < offset;) {
    if (isMap(node)) {
      const pair = node.items.findLast(({ key }) => startOf(key) <= offset);
      if (!pair || !isScalar(pair.key)) break;
      pointer = jsonPointer(pointer, String(pair.key.value));
      node = pair.value;
    } else if (isSeq(node)) {
      const index = node.items.findLastIndex((item) => startOf(item) <= offset);
      if (index < 0) break;
      pointer = jsonPointer(pointer, index);
      node = node.items[index];
    } else break;
  }
  return pointer;
}

function startOf(node: unknown): number {
  return isNode(node) && node.range ? node.range[0] : Infinity;
}
