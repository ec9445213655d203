import { subjects } from '@jetsaga/contracts';
import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { DocumentService } from './document-service.ts';

const verb = (name: string): string => subjects.service('ingestion', name);

/** Requests of other processes on `svc.ingestion.<verb>`. */
@Controller()
export class DocumentsController {
  private readonly documents: DocumentService;

  constructor(documents: DocumentService) {
    this.documents = documents;
  }

  @MessagePattern(verb('register-document'))
  register(@Payload() request: unknown) {
    return this.documents.register(request);
  }

  @MessagePattern(verb('list-documents'))
  list(@Payload() request: unknown) {
    return this.documents.list(request);
  }

  @MessagePattern(verb('get-document'))
  get(@Payload() request: unknown) {
    return this.documents.get(request);
  }

  @MessagePattern(verb('delete-document'))
  delete(@Payload() request: unknown) {
    return this.documents.delete(request);
  }

  @MessagePattern(verb('search'))
  search(@Payload() request: unknown) {
    return this.documents.search(request);
  }
}
