// SPDX-License-Identifier: Apache-2.0
#include <histedit.h>
#include <stdlib.h>

// el_set, el_get and history are variadic, which Swift cannot call; one function for each use.

// What stands between two bytes of value 1 takes no room: colours.
static inline int cel_set_prompt(EditLine *el, char *(*prompt)(EditLine *)) {
    return el_set(el, EL_PROMPT_ESC, prompt, 1);
}
static inline int cel_set_editor(EditLine *el, const char *name) { return el_set(el, EL_EDITOR, name); }
static inline int cel_set_terminal(EditLine *el, const char *name) { return el_set(el, EL_TERMINAL, name); }
static inline int cel_set_signals(EditLine *el, int flag) { return el_set(el, EL_SIGNAL, flag); }
static inline int cel_set_client_data(EditLine *el, void *data) { return el_set(el, EL_CLIENTDATA, data); }
static inline void *cel_client_data(EditLine *el) {
    void *data = NULL;
    return el_get(el, EL_CLIENTDATA, &data) == 0 ? data : NULL;
}
static inline int cel_add_function(
    EditLine *el, const char *name, const char *help, unsigned char (*function)(EditLine *, int)) {
    return el_set(el, EL_ADDFN, name, help, function);
}
static inline int cel_bind(EditLine *el, const char *key, const char *name) {
    return el_set(el, EL_BIND, key, name, NULL);
}
// In the mode for editing, Ctrl-C is a key like any other; the mode for running programs keeps its signals.
static inline int cel_edit_without_signals(EditLine *el) { return el_set(el, EL_SETTY, "-d", "-isig", NULL); }
// libedit itself shows the prompt first and changes the mode afterwards; a Ctrl-C between the two would be no key.
static inline int cel_begin_editing(EditLine *el) { return el_set(el, EL_PREP_TERM, 1); }

static inline int cel_use_history(EditLine *el, History *history_list) {
    return el_set(el, EL_HIST, history, history_list);
}
static inline int cel_history_size(History *list, int size) {
    HistEvent event;
    return history(list, &event, H_SETSIZE, size);
}
static inline int cel_history_unique(History *list, int flag) {
    HistEvent event;
    return history(list, &event, H_SETUNIQUE, flag);
}
static inline int cel_history_enter(History *list, const char *line) {
    HistEvent event;
    return history(list, &event, H_ENTER, line);
}
static inline int cel_history_clear(History *list) {
    HistEvent event;
    return history(list, &event, H_CLEAR);
}
static inline int cel_history_load(History *list, const char *path) {
    HistEvent event;
    return history(list, &event, H_LOAD, path);
}
static inline int cel_history_save(History *list, const char *path) {
    HistEvent event;
    return history(list, &event, H_SAVE, path);
}
