/** `raw /2048`: how a model's inputs are made. */
export function describeFeatures({ features }: { readonly features: object }): string {
  return Object.values(features).map(String).join(' /');
}
