<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US">
    <context>
        <name>DataPanel</name>
        <message numerus="yes">
            <source>%1, %n row(s)</source>
            <translation>
                <numerusform>%1, %n row</numerusform>
                <numerusform>%1, %n rows</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>; %n row(s) of validation</source>
            <translation>
                <numerusform>; %n row of validation</numerusform>
                <numerusform>; %n rows of validation</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n row(s), waiting for a model</source>
            <translation>
                <numerusform>%n row, waiting for a model</numerusform>
                <numerusform>%n rows, waiting for a model</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n label(s) are learned</source>
            <translation>
                <numerusform>%n label are learned</numerusform>
                <numerusform>%n labels are learned</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%1, %n row(s), %2</source>
            <translation>
                <numerusform>%1, %n row, %2</numerusform>
                <numerusform>%1, %n rows, %2</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>PromptPanel</name>
        <message numerus="yes">
            <source>%n virtual token(s): one for each token of the text</source>
            <translation>
                <numerusform>%n virtual token: one for each token of the text</numerusform>
                <numerusform>%n virtual tokens: one for each token of the text</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n virtual token(s), %1</source>
            <translation>
                <numerusform>%n virtual token, %1</numerusform>
                <numerusform>%n virtual tokens, %1</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>StatusLine</name>
        <message numerus="yes">
            <source>Training %n virtual token(s). Stop at any time: the best prompt so far is kept.</source>
            <translation>
                <numerusform>Training %n virtual token. Stop at any time: the best prompt so far is kept.</numerusform>
                <numerusform>Training %n virtual tokens. Stop at any time: the best prompt so far is kept.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source> (and %n more)</source>
            <translation>
                <numerusform> (and %n more)</numerusform>
                <numerusform> (and %n more)</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>TokenFlow</name>
        <message numerus="yes">
            <source>%n more token(s)</source>
            <translation>
                <numerusform>%n more token</numerusform>
                <numerusform>%n more tokens</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>Workspace</name>
        <message numerus="yes">
            <source>Stopped after %n step(s); %1.</source>
            <translation>
                <numerusform>Stopped after %n step; %1.</numerusform>
                <numerusform>Stopped after %n steps; %1.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Finished after %n step(s); %1.</source>
            <translation>
                <numerusform>Finished after %n step; %1.</numerusform>
                <numerusform>Finished after %n steps; %1.</numerusform>
            </translation>
        </message>
    </context>
</TS>
