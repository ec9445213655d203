const alone = /^\s*\{\{\s*secrets\.([A-Za-z_][A-Za-z0-9_]*)\s*\}\}\s*$/;

/** The name in `{{ secrets.NAME }}`; undefined when the text is anything else. */
export function secretOf(text: string): string | undefined {
  return alone.exec(text)?.[1];
}
