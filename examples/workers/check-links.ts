import { defineHandler, Outcome, RetryableError, runWorker, TerminalError } from '@jetsaga/worker';
import { z } from 'zod';

const atOnce = 8;

/** Fetches a page and asks after every link on it. */
export const checkLinks = defineHandler({
  name: 'check_links',
  queue: 'web',
  description: 'Fetches a page and asks after every link on it.',
  config: z.object({
    url: z.url({ protocol: /^https?$/ }).describe('Of the page.'),
    limit: z.number().int().min(1).max(500).default(50).describe('Links to ask after at most.'),
  }),
  output: z.object({
    checked: z.number().int(),
    broken: z.array(z.object({ link: z.string(), reason: z.string() })),
  }),
  branches: ['sound', 'broken'],
  timeoutMs: 2 * 60_000,
  example: { url: 'https://example.com/' },
  async run({ url, limit }, context) {
    const links = (await linksOn(url, context.signal)).slice(0, limit);
    const broken: { link: string; reason: string }[] = [];
    let checked = 0;
    for (let at = 0; at < links.length; at += atOnce) {
      await Promise.all(
        links.slice(at, at + atOnce).map(async (link) => {
          const reason = await whatIsWrongWith(link, context.signal);
          if (reason !== undefined) broken.push({ link, reason });
          checked += 1;
        }),
      );
      context.progress(checked / links.length);
    }
    context.log.info('links checked', { url, checked, broken: broken.length });
    return new Outcome({ checked, broken }, broken.length > 0 ? 'broken' : 'sound');
  },
});

async function linksOn(url: string, signal: AbortSignal): Promise<string[]> {
  const response = await fetch(url, { signal }).catch((cause: unknown) => {
    signal.throwIfAborted();
    // Whoever is away now may be back later: the step is tried again by its retry policy.
    throw new RetryableError('PAGE_UNREACHABLE', `${url} cannot be reached`, { cause });
  });
  if (response.status >= 500) throw new RetryableError('PAGE_UNAVAILABLE', `${url} answers ${response.status}`);
  // No retry can help.
  if (!response.ok) throw new TerminalError('PAGE_REFUSED', `${url} answers ${response.status}`);
  const found = (await response.text()).matchAll(/<a\s[^>]*\bhref\s*=\s*["']?([^"'\s>]+)/gi);
  const links = [...found].flatMap(([, href]) => (URL.canParse(href ?? '', url) ? [new URL(href ?? '', url)] : []));
  return [...new Set(links.filter(({ protocol }) => /^https?:$/.test(protocol)).map(({ href }) => href.replace(/#.*$/, '')))];
}

async function whatIsWrongWith(link: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const { ok, status } = await fetch(link, { method: 'HEAD', signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]) });
    return ok ? undefined : `it answers ${status}`;
  } catch (error) {
    signal.throwIfAborted();
    return error instanceof Error ? error.message : String(error);
  }
}

if (import.meta.main) await runWorker({ name: 'web', handlers: [checkLinks] });
