export interface MarkdownHeading {
  readonly level: number;
  readonly text: string;
  /** Offset of the heading's line. */
  readonly start: number;
}

/** ATX headings (`# …`) outside of fenced code, in one pass. Source: https://spec.commonmark.org/0.31.2/#atx-headings */
export function* markdownHeadings(text: string): Generator<MarkdownHeading> {
  let fence: string | undefined;
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, Math.min(end, start + 1_000));
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark !== undefined && (fence === undefined || (mark.startsWith(fence[0] ?? '') && mark.length >= fence.length))) {
      fence = fence === undefined ? mark : undefined;
    } else if (fence === undefined) {
      const heading = /^ {0,3}(#{1,6})[ \t]+(\S.*)$/.exec(line);
      if (heading?.[1] && heading[2])
        yield { level: heading[1].length, text: heading[2].replace(/[ \t]+#+[ \t]*$/, '').trim(), start };
    }
    start = end + 1;
  }
}
