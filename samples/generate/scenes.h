/*
 * scenes.h: what is to be seen in the sample pictures. Each is a scene_function (canvas.h).
 */
#ifndef SAMPLES_SCENES_H
#define SAMPLES_SCENES_H

#include "canvas.h"

/* scenes_land.c */
scene_function scene_lake, scene_pier, scene_fog, scene_stars, scene_moon;

/* scenes_relief.c */
scene_function scene_dunes, scene_sea;

/* scenes_near.c */
scene_function scene_lights, scene_cloth, scene_dahlia, scene_portrait;

/* scenes_studio.c */
scene_function scene_marbles, scene_vase;

/* logo.c */
scene_function scene_logo, scene_logo_dark;

#endif
