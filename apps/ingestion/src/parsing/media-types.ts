/** The media types that can be parsed, and the extensions that promise them. */
export const mediaTypes = {
  'text/plain': ['txt', 'text', 'log'],
  'text/markdown': ['md', 'markdown', 'mdown', 'mkd'],
  'text/html': ['html', 'htm', 'xhtml'],
  'text/csv': ['csv', 'tsv', 'tab'],
  'application/json': ['json', 'geojson'],
  'application/x-ndjson': ['jsonl', 'ndjson'],
  'application/pdf': ['pdf'],
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['docx'],
} as const;
export type MediaType = keyof typeof mediaTypes;

export const docx = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document' satisfies MediaType;

const byExtension = new Map<string, MediaType>(
  (Object.keys(mediaTypes) as MediaType[]).flatMap((type) => mediaTypes[type].map((extension) => [extension, type] as const)),
);

/** Lower case, without the dot; undefined where the name has none. */
export function extensionOf(name: string | undefined): string | undefined {
  return /\.([^./\\]{1,12})$/.exec(name ?? '')?.[1]?.toLowerCase();
}

export function mediaTypeOfExtension(extension: string | undefined): MediaType | undefined {
  return extension === undefined ? undefined : byExtension.get(extension);
}

/** A declared type without its parameters, if it is one of ours and says anything (`application/octet-stream` does not). */
export function knownMediaType(declared: string | undefined): MediaType | undefined {
  const essence = declared?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return essence in mediaTypes ? (essence as MediaType) : undefined;
}
