export {
  createGallery,
  UnknownProjectError,
  type Gallery,
  type GalleryOptions,
  type WantedPicture,
} from './gallery.js';
export { createPictures, type Picture, type Pictures, type PicturesOptions } from './pictures.js';
