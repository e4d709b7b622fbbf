import type { GalleryGroup, GalleryVersion } from '@cullstream/contracts/web';
import { formatShare } from '../format/numbers.js';
import { toArea } from '../geometry/crop-box.js';
import { toVersionName } from '../gallery/version-name.js';
import { CropPreview } from './crop-preview.js';
import { toAgreement, toStage, type Mark, type Who } from './marks.js';
import { CropText } from './zoom-picture.js';

interface ChoicesProps {
  readonly group: GalleryGroup;
  readonly run: string;
  readonly project: string;
  readonly marks: readonly Mark[];
  readonly versions: readonly GalleryVersion[];
  readonly version: string | undefined;
  readonly compare: string | undefined;
  readonly onShow: (position: number) => void;
}

/**
 * Shows the choices of each version and of the user for a group side by side, with the cropped
 * images.
 */
export function Choices(props: ChoicesProps) {
  const { group, marks } = props;
  const agreement = toAgreement(group);
  return (
    <section class="side" aria-label="What was chosen">
      {group.decision === null && (
        <p class="empty">
          This group has no decision: no image was readable, or it is not its turn.
        </p>
      )}
      {marks.map((mark) => (
        <OneChoice key={mark.who} {...props} mark={mark} />
      ))}
      {agreement !== null && (
        <p class={agreement.agrees ? 'badge person' : 'badge person differs'}>{agreement.text}</p>
      )}
    </section>
  );
}

function OneChoice(props: ChoicesProps & { readonly mark: Mark }) {
  const { group, mark, project, run, onShow } = props;
  const image = group.images[mark.index];
  if (image === undefined) return null;
  const { sequence, widthPx, heightPx, name } = image;
  return (
    <article class={`choice-of ${mark.who}`} data-who={mark.who}>
      <h3 title={toDescription(mark.who, props)}>
        <span class={`tag ${mark.who}`}>{mark.label}</span> {toTitle(mark.who, props)}
      </h3>
      {mark.crop !== null && sequence !== null && widthPx !== null && heightPx !== null && (
        <CropPreview
          crop={mark.crop}
          picture={{ project, run, sequence }}
          size={{ widthPx, heightPx }}
          alt={`What the crop leaves of ${name}`}
        />
      )}
      <dl>
        <div>
          <dt>Image</dt>
          <dd>
            <button type="button" class="link" onClick={() => onShow(mark.index)}>
              <bdi>{toStage(name) ?? name}</bdi> ({mark.index + 1} of {group.images.length})
            </button>
          </dd>
        </div>
        <Confidence who={mark.who} group={group} />
        <div>
          <dt>Crop</dt>
          <dd>
            {mark.crop === null ? (
              noCrop(mark.who, group)
            ) : (
              <>
                <CropText mark={mark} image={image} />, {formatShare(toArea(mark.crop))} of the
                image
              </>
            )}
          </dd>
        </div>
      </dl>
    </article>
  );
}

function Confidence({ who, group }: { readonly who: Who; readonly group: GalleryGroup }) {
  const decision = who === 'pick' ? group.decision : who === 'compared' ? group.compared : null;
  if (decision === null) return null;
  return (
    <div>
      <dt>Confidence</dt>
      <dd>{formatShare(decision.confidence)}</dd>
    </div>
  );
}

function toTitle(who: Who, { group, versions, version, compare }: ChoicesProps): string {
  if (who === 'person') {
    return group.person?.source === 'finals' ? 'Seen in the finished images' : 'In the database';
  }
  const id = who === 'pick' ? version : compare;
  const known = versions.find((each) => each.version === id);
  if (known !== undefined) return toVersionName(known);
  return who === 'pick' ? 'Picked' : 'Picked by the other version';
}

function toDescription(who: Who, { versions, version, compare }: ChoicesProps): string | undefined {
  const id = who === 'pick' ? version : who === 'compared' ? compare : undefined;
  return versions.find((each) => each.version === id)?.description;
}

function noCrop(who: Who, { person }: GalleryGroup): string {
  if (who !== 'person') return 'inverted: the proposed box is empty';
  return person?.action === 'approve' ? 'none: the whole image' : 'not known';
}
