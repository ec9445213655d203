import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { z } from 'zod';

/** OpenAPI 3.1 at `/openapi.json`, made from the controllers and their schemas; the page at `/docs` brings its own assets. */
export function serveOpenApi(app: NestFastifyApplication, version: string): void {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Jetsaga')
    .setDescription('Durable, event-driven workflows on NATS JetStream and Postgres. Errors are RFC 9457 problems.')
    .setVersion(version)
    .addBearerAuth()
    .build();
  const document = () =>
    SwaggerModule.createDocument(app, config, {
      standardSchemaConverter: (schema, { schemaType }) =>
        schema instanceof z.ZodType ? { schema: jsonSchema(schema, schemaType) } : undefined,
    });
  SwaggerModule.setup('docs', app, document, { raw: ['json'], jsonDocumentUrl: 'openapi.json', customSiteTitle: 'Jetsaga API' });
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' });
  return rest;
}
