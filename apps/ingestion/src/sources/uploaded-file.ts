const upload = /^blob:(uploads\/[A-Za-z0-9._=+@/-]+)$/;

/** The blob store's key of an uploaded file, from its address `blob:uploads/…`; undefined when it is none. */
export function uploadKey(uri: string): string | undefined {
  return upload.exec(uri)?.[1];
}
