import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from './problem.ts';

/** Remembers which methods each path takes, so that a wrong method can be told from a wrong path. */
export class KnownRoutes {
  private readonly methods = new Map<string, { pattern: RegExp; methods: Set<string> }>();

  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ url, method }) => {
      const route = this.methods.get(url) ?? { pattern: patternOf(url), methods: new Set() };
      for (const name of [method].flat()) route.methods.add(name);
      this.methods.set(url, route);
    });
  }

  /** 404 for a path that nothing is at, 405 for a method that the path does not take. */
  problemOf(request: FastifyRequest): Problem {
    const path = request.url.split('?', 1)[0]!;
    const methods = this.methodsAt(path).join(', ');
    if (methods === '')
      return new Problem(404, 'NOT_FOUND', `there is nothing at ${path.slice(0, 200)}; /docs lists what there is`);
    return new Problem(405, 'METHOD_NOT_ALLOWED', `${request.method} is not possible here; ${methods} are`, {
      headers: { allow: methods },
    });
  }

  private methodsAt(path: string): string[] {
    const found = new Set<string>();
    for (const { pattern, methods } of this.methods.values()) {
      if (pattern.test(path)) methods.forEach((method) => found.add(method));
    }
    return [...found].sort();
  }
}

function patternOf(url: string): RegExp {
  const source = url
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part === '*' ? '.*' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .join('/');
  return new RegExp(`^${source}/?$`);
}
