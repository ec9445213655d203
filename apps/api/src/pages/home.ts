/** What stands at `/` until the console does. */
export const homePage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Jetsaga</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.6 system-ui, sans-serif; }
  body { max-width: 40rem; margin: 4rem auto; padding: 0 1rem; }
  code { font-size: .9em; }
</style>
</head>
<body>
<h1>Jetsaga</h1>
<p>Durable, event-driven workflows on NATS JetStream and Postgres. This is its HTTP API.</p>
<ul>
  <li><a href="/docs">API documentation</a> (<a href="/openapi.json">OpenAPI</a>)</li>
  <li><a href="/v1/health">Health</a></li>
  <li><a href="/v1/definitions">Definitions</a></li>
  <li><a href="/v1/executions">Executions</a></li>
  <li><a href="/v1/workers">Workers</a>, <a href="/v1/queues">queues</a>, <a href="/v1/handlers">handlers</a></li>
</ul>
</body>
</html>
`;
