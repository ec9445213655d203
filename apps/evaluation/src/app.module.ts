import { createModelGateway } from '@jetsaga/ai';
import { CONFIGURATION, type ServiceConfiguration } from '@jetsaga/service';
import { Module } from '@nestjs/common';

/** `ModelGateway` of libs/ai. */
export const MODEL_GATEWAY = Symbol('MODEL_GATEWAY');

export const evaluationVariables = ['OPENAI_API_KEY', 'OPENAI_BASE_URL', 'OPENAI_MODEL', 'OPENAI_EMBEDDING_MODEL'] as const;
type EvaluationConfiguration = ServiceConfiguration<(typeof evaluationVariables)[number]>;

@Module({
  providers: [
    {
      provide: MODEL_GATEWAY,
      inject: [CONFIGURATION],
      useFactory: ({ OPENAI_API_KEY, OPENAI_BASE_URL, OPENAI_MODEL, OPENAI_EMBEDDING_MODEL }: EvaluationConfiguration) =>
        createModelGateway({ OPENAI_API_KEY, OPENAI_BASE_URL, OPENAI_MODEL, OPENAI_EMBEDDING_MODEL }),
    },
  ],
})
export class AppModule {}
