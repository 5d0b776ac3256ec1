import { startService } from '../kit/start-service.js';
import { images } from './service.js';

startService(images);
