/** Text that holds a template; what it gives is known only when the workflow runs. */
export type TemplateText = `${string}{{${string}}}${string}`;

/** Any JSON value; texts in it may be templates. Fields that are undefined are left out. */
export type Template =
  null | boolean | number | string | readonly Template[] | { readonly [field: string]: Template | undefined };

/** A value of this type, any part of which may be a template instead. */
export type Templated<T> = T extends string
  ? string extends T
    ? T
    : T | TemplateText
  : T extends number | boolean | null
    ? T | TemplateText
    : T extends readonly (infer Element)[]
      ? readonly Templated<Element>[] | TemplateText
      : T extends object
        ? { readonly [Field in keyof T]: Templated<T[Field]> } | TemplateText
        : T;

/** JSON Schema 2020-12. */
export type JsonSchema = boolean | { readonly [keyword: string]: Template | undefined };

/** `500ms`, `30s`, `5m`, `2h`, `3d`, a number of seconds, or a template. */
export type Duration = `${number}${'ms' | 's' | 'm' | 'h' | 'd'}` | number | `${string}{{${string}`;
