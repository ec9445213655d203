import { pointerSegments } from './json-pointer.ts';

/** Where a value stands in its source: offsets of its first character and, for a field, of its name. */
export interface SourceNode {
  readonly offset: number;
  readonly fields?: ReadonlyMap<string, { readonly keyOffset: number; readonly value: SourceNode }>;
  readonly items?: readonly SourceNode[];
}

/** Both count from 1; the column in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export type PositionPart = 'key' | 'value';

/** Finds lines and columns for JSON pointers of one document. */
export class Positions {
  private readonly root: SourceNode;
  private readonly lineStarts: LineStarts;

  constructor(root: SourceNode, lineStarts: LineStarts) {
    this.root = root;
    this.lineStarts = lineStarts;
  }

  /**
   * The position of the deepest part of the pointer that the source has. A value that begins on a later line than its
   * name is found at the name, where a reader would look for it.
   */
  locate(pointer: string, part: PositionPart = 'value'): Position {
    let node = this.root;
    let position = this.lineStarts.position(node.offset);
    for (const segment of pointerSegments(pointer)) {
      const field = node.fields?.get(segment);
      const item = node.items?.[Number(segment)];
      if (field) {
        const key = this.lineStarts.position(field.keyOffset);
        const value = this.lineStarts.position(field.value.offset);
        node = field.value;
        position = part === 'key' || value.line !== key.line ? key : value;
      } else if (item) {
        node = item;
        position = this.lineStarts.position(item.offset);
      } else {
        break;
      }
    }
    return position;
  }
}

export class LineStarts {
  private readonly starts: number[] = [0];

  constructor(source: string) {
    for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) this.starts.push(at + 1);
  }

  position(offset: number): Position {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - this.starts[low]! + 1 };
  }
}
