import type { Activation } from '@cullstream/contracts';

/**
 * OpenAI's weights were trained with QuickGELU, whatever file format they are stored in. The
 * parameters do not show the activation, so any other one must be known by digest or stated by the
 * user.
 */
export const DEFAULT_ACTIVATION: Activation = 'quick-gelu';
