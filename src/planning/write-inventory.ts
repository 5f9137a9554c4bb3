import { Document, isMap, visit } from 'yaml';
import type { ImportedConfig } from './import-ansible.ts';

/** The YAML of a file, one line a policy and a host, with a comment above it. */
export function writeInventory(config: ImportedConfig, comment: string): string {
  const document = new Document(config);
  document.commentBefore = comment
    .split('\n')
    .map((line) => ` ${line}`)
    .join('\n');
  visit(document, {
    // The document, its sections, and then the entries.
    Map(_, map, ancestors) {
      if (ancestors.filter(isMap).length >= 2) map.flow = true;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}
