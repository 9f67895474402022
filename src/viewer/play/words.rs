//! What the program itself says to participants, in the languages that it knows. Texts of a study come from its plan.

/// Words of one language.
#[derive(Debug, PartialEq, Eq)]
pub struct Words {
    /// Code of the language.
    pub code: &'static str,
    /// Its name in itself.
    pub name: &'static str,
    /// Agrees to take part.
    pub agree: &'static str,
    /// Does not.
    pub decline: &'static str,
    /// Heading of the boxes of a consent.
    pub consent_heading: &'static str,
    /// Of a box without which no one takes part.
    pub needed: &'static str,
    /// Of a box that is free.
    pub your_choice: &'static str,
    /// Before the participant's code.
    pub your_code: &'static str,
    /// After it.
    pub code_erases: &'static str,
    /// To the next page.
    pub next: &'static str,
    /// To the page before.
    pub back: &'static str,
    /// Ends the last page.
    pub finish: &'static str,
    /// One required box is open.
    pub one_box_left: &'static str,
    /// `{n}` of them are open.
    pub boxes_left: &'static str,
    /// One question is open.
    pub one_question_left: &'static str,
    /// `{n}` questions are open.
    pub questions_left: &'static str,
    /// Of a question that needs no answer.
    pub optional: &'static str,
    /// How to go on after a break of `{n}` seconds.
    pub break_left: &'static str,
    /// The break may end.
    pub break_over: &'static str,
    /// After the time that is left.
    pub left: &'static str,
    /// The key that pauses.
    pub pause: &'static str,
    /// The game stands still.
    pub paused: &'static str,
    /// Ends the pause.
    pub go_on: &'static str,
    /// Asks to stop.
    pub stop: &'static str,
    /// Asks whether for good.
    pub stop_for_good: &'static str,
    /// What happens then.
    pub stop_means: &'static str,
    /// No.
    pub play_on: &'static str,
    /// Before the seconds of the countdown.
    pub ready: &'static str,
    /// Nothing can be recorded.
    pub trouble: &'static str,
    /// Whom to call.
    pub trouble_call: &'static str,
    /// Before the details of it.
    pub for_experimenter: &'static str,
    /// Actions that move.
    pub walk: &'static str,
    /// Heading of the achievements.
    pub found: &'static str,
    /// The language menu.
    pub language: &'static str,
    /// A number outside `{min}` and `{max}`.
    pub number_between: &'static str,
    /// There is more to read below.
    pub more: &'static str,
}

const ENGLISH: Words = Words {
    code: "en",
    name: "English",
    agree: "I want to take part",
    decline: "No, thank you",
    consent_heading: "What may be kept?",
    needed: "needed to take part",
    your_choice: "your choice",
    your_code: "Your code is",
    code_erases: "Say it to us at any time, also later, and all of this is erased.",
    next: "Continue",
    back: "Back",
    finish: "Finish",
    one_box_left: "1 needed box left",
    boxes_left: "{n} needed boxes left",
    one_question_left: "1 question left",
    questions_left: "{n} questions left",
    optional: "leave empty if you like",
    break_left: "You can go on in {n} s",
    break_over: "Go on when you are ready.",
    left: "left",
    pause: "Pause",
    paused: "Paused",
    go_on: "Go on",
    stop: "Stop",
    stop_for_good: "Stop for good?",
    stop_means: "Your game so far is kept, unless you want it erased.",
    play_on: "Play on",
    ready: "Ready?",
    trouble: "Something went wrong on our side.",
    trouble_call: "Please call the person with you. Your game is safe.",
    for_experimenter: "For the experimenter:",
    walk: "move",
    found: "Found so far",
    language: "Language",
    number_between: "a number from {min} to {max}",
    more: "More below",
};

const GERMAN: Words = Words {
    code: "de",
    name: "Deutsch",
    agree: "Ich möchte mitmachen",
    decline: "Nein, danke",
    consent_heading: "Was dürfen wir behalten?",
    needed: "nötig zum Mitmachen",
    your_choice: "wie du möchtest",
    your_code: "Dein Code ist",
    code_erases: "Sag ihn uns, wann du willst, auch später: dann wird alles gelöscht.",
    next: "Weiter",
    back: "Zurück",
    finish: "Fertig",
    one_box_left: "noch 1 nötiges Kästchen",
    boxes_left: "noch {n} nötige Kästchen",
    one_question_left: "noch 1 Frage",
    questions_left: "noch {n} Fragen",
    optional: "darf leer bleiben",
    break_left: "Weiter geht es in {n} s",
    break_over: "Mach weiter, wenn du so weit bist.",
    left: "übrig",
    pause: "Pause",
    paused: "Pause",
    go_on: "Weiterspielen",
    stop: "Aufhören",
    stop_for_good: "Ganz aufhören?",
    stop_means: "Dein Spiel bis hierher behalten wir, außer du möchtest, dass es gelöscht wird.",
    play_on: "Weiterspielen",
    ready: "Bereit?",
    trouble: "Bei uns ist etwas schiefgegangen.",
    trouble_call: "Bitte ruf die Person, die bei dir ist. Dein Spiel ist sicher.",
    for_experimenter: "Für die Versuchsleitung:",
    walk: "gehen",
    found: "Bisher gefunden",
    language: "Sprache",
    number_between: "eine Zahl von {min} bis {max}",
    more: "Unten geht es weiter",
};

const FRENCH: Words = Words {
    code: "fr",
    name: "Français",
    agree: "Je veux participer",
    decline: "Non merci",
    consent_heading: "Que pouvons-nous garder ?",
    needed: "nécessaire pour participer",
    your_choice: "au choix",
    your_code: "Ton code est",
    code_erases: "Donne-le-nous quand tu veux, même plus tard, et tout sera effacé.",
    next: "Continuer",
    back: "Retour",
    finish: "Terminer",
    one_box_left: "encore 1 case nécessaire",
    boxes_left: "encore {n} cases nécessaires",
    one_question_left: "encore 1 question",
    questions_left: "encore {n} questions",
    optional: "peut rester vide",
    break_left: "Tu peux continuer dans {n} s",
    break_over: "Continue quand tu veux.",
    left: "restant",
    pause: "Pause",
    paused: "Pause",
    go_on: "Reprendre",
    stop: "Arrêter",
    stop_for_good: "Arrêter pour de bon ?",
    stop_means: "Ton jeu est gardé jusqu’ici, sauf si tu veux qu’il soit effacé.",
    play_on: "Continuer à jouer",
    ready: "C’est parti ?",
    trouble: "Un problème est survenu de notre côté.",
    trouble_call: "Appelle la personne qui est avec toi. Ton jeu est en sécurité.",
    for_experimenter: "Pour l’expérimentateur :",
    walk: "bouger",
    found: "Déjà trouvé",
    language: "Langue",
    number_between: "un nombre de {min} à {max}",
    more: "La suite plus bas",
};

const SPANISH: Words = Words {
    code: "es",
    name: "Español",
    agree: "Quiero participar",
    decline: "No, gracias",
    consent_heading: "¿Qué podemos guardar?",
    needed: "necesario para participar",
    your_choice: "como quieras",
    your_code: "Tu código es",
    code_erases: "Dínoslo cuando quieras, también más tarde, y todo se borra.",
    next: "Continuar",
    back: "Atrás",
    finish: "Terminar",
    one_box_left: "falta 1 casilla necesaria",
    boxes_left: "faltan {n} casillas necesarias",
    one_question_left: "falta 1 pregunta",
    questions_left: "faltan {n} preguntas",
    optional: "puede quedar vacío",
    break_left: "Puedes seguir en {n} s",
    break_over: "Sigue cuando quieras.",
    left: "restante",
    pause: "Pausa",
    paused: "En pausa",
    go_on: "Seguir",
    stop: "Parar",
    stop_for_good: "¿Parar del todo?",
    stop_means: "Tu juego hasta aquí se guarda, a no ser que quieras borrarlo.",
    play_on: "Seguir jugando",
    ready: "¿Preparado?",
    trouble: "Algo ha fallado por nuestra parte.",
    trouble_call: "Llama a la persona que está contigo. Tu juego está a salvo.",
    for_experimenter: "Para quien dirige el estudio:",
    walk: "moverse",
    found: "Encontrado hasta ahora",
    language: "Idioma",
    number_between: "un número de {min} a {max}",
    more: "Hay más abajo",
};

const ALL: [Words; 4] = [ENGLISH, GERMAN, FRENCH, SPANISH];

/// The words of a language, such as `de` or `de-CH`; English if it is not known.
pub fn words(language: &str) -> &'static Words {
    let code = language.split(['-', '_']).next().unwrap_or_default();
    ALL.iter().find(|words| words.code.eq_ignore_ascii_case(code)).unwrap_or(&ALL[0])
}

/// The name of a language in itself; its code if it is not known.
pub fn language_name(language: &str) -> &str {
    let known = words(language);
    if language.len() >= 2 && language.to_ascii_lowercase().starts_with(known.code) { known.name } else { language }
}

/// `one`, or `many` with the number in it.
pub fn counted(one: &str, many: &str, n: usize) -> String {
    if n == 1 { one.to_string() } else { many.replace("{n}", &n.to_string()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_found_by_its_code() {
        assert_eq!((words("de-CH").name, words("fr").name, words("xx").name), ("Deutsch", "Français", "English"));
        assert_eq!((language_name("es"), language_name("zh"), language_name("")), ("Español", "zh", ""));
        assert_eq!(counted("1 box", "{n} boxes", 3), "3 boxes");
    }
}
