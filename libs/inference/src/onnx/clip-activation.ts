/** Quick: x · sigmoid(1.702 x), an approximation of the exact GELU. */
export const activations = ['quick-gelu', 'gelu'] as const;
export type Activation = (typeof activations)[number];

/**
 * OpenAI's weights were trained with QuickGELU, in whichever container they come. Parameters do not
 * show it: weights that LAION trained (`gelu`) need a sidecar `{"activation":"gelu"}`.
 */
export const DEFAULT_ACTIVATION: Activation = 'quick-gelu';
