/**
 * Fields that a validator never looks at: those that its schema does not know, which it lets pass. For
 * validators that are compiled to code which reads each field it knows by name.
 * @param validate throws where the data is wrong; must not copy what it is given
 * @returns paths such as `spec.replica`
 */
export function findUnknownFields(data: object, validate: (data: object) => void): string[] {
  const seen = new Map<object, Set<string>>();
  const watched = watch(data, seen);
  validate(watched as object);
  return listUnseen(data, seen, '');
}

function watch(value: unknown, seen: Map<object, Set<string>>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const names = new Set<string>();
  seen.set(value, names);
  const children = new Map<string, unknown>();
  return new Proxy(value, {
    get(target, name) {
      const child = Reflect.get(target, name) as unknown;
      if (typeof name !== 'string') return child;
      names.add(name);
      if (!children.has(name)) children.set(name, watch(child, seen));
      return children.get(name);
    },
  });
}

function listUnseen(value: unknown, seen: Map<object, Set<string>>, path: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const names = seen.get(value) ?? new Set();
  return Object.entries(value).flatMap(([name, child]) => {
    const here = path === '' ? name : `${path}.${name}`;
    return names.has(name) ? listUnseen(child, seen, here) : [here];
  });
}
