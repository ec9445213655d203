import { parseDuration } from '@jetsaga/contracts';
import { z } from 'zod';

const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** These are the connection's own business. */
const reservedHeaders = [
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

const headerNameSchema = z
  .string()
  .regex(headerName, 'is no name of a header')
  .refine((name) => !reservedHeaders.includes(name.toLowerCase()), 'is set by the connection itself');
const headerValueSchema = z.string().regex(/^[^\r\n\0]*$/, 'must be one line');

const status = z.union([
  z.number().int().min(100).max(599),
  z.string().regex(/^[1-5](xx|\d\d)$/, 'expected a status such as 404 or 5xx'),
]);
const statuses = z.union([status, z.array(status)]).transform((given) => (Array.isArray(given) ? given : [given]));
export type StatusPattern = z.output<typeof status>;

export const callConfigSchema = z.object({
  url: z.url({ protocol: /^https?$/, error: 'expected an address that begins with http:// or https://' }).refine((url) => {
    const { username, password } = URL.canParse(url) ? new URL(url) : { username: '', password: '' };
    return username === '' && password === '';
  }, 'credentials belong into `auth`, not into the address'),
  method: z
    .string()
    .transform((method) => method.toUpperCase())
    .pipe(z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']))
    .default('GET'),
  headers: z.record(headerNameSchema, headerValueSchema).default({}),
  query: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.union([z.string(), z.number(), z.boolean()]))]))
    .default({}),
  /** Text is sent as it is, anything else as JSON. */
  body: z.json().optional(),
  /** For everything: connecting, redirects, reading. */
  timeout: z
    .union([z.string(), z.number()])
    .default('30s')
    .transform((given, context) => {
      const ms = parseDuration(given);
      if (ms !== undefined && ms > 0) return ms;
      context.addIssue({ code: 'custom', message: 'expected a duration such as 30s' });
      return z.NEVER;
    }),
  expectedStatus: statuses.default(['2xx']),
  retryOn: statuses.default([408, 425, 429, '5xx']),
  auth: z
    .discriminatedUnion('type', [
      z.object({ type: z.literal('bearer'), token: headerValueSchema }),
      z.object({ type: z.literal('basic'), username: z.string(), password: z.string() }),
      z.object({ type: z.literal('header'), name: headerNameSchema, value: headerValueSchema }),
    ])
    .optional(),
  maxResponseBytes: z
    .number()
    .int()
    .positive()
    .max(100 * 1024 * 1024)
    .default(1024 * 1024),
});
export type CallConfig = z.output<typeof callConfigSchema>;

export function matchesStatus(patterns: readonly StatusPattern[], status: number): boolean {
  return patterns.some((pattern) => {
    const text = String(pattern);
    return text.endsWith('xx') ? text[0] === String(status)[0] : text === String(status);
  });
}
